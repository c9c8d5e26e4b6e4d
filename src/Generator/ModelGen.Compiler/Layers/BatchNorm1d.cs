namespace ModelGen.Compiler.Layers;

/// <summary>y = (x - mean) / √(variance + ε) · weight + bias per channel, over the batch and the positions.</summary>
internal sealed class BatchNorm1d : LayerDefinition
{
    public static readonly BatchNorm1d Definition = new() { PyTorch = "torch.nn.BatchNorm1d" };

    public override string Name => "BatchNorm1d";

    public override string Summary =>
        "Batch normalisation of features [N, C] or sequences [N, C, L] per channel: y = (x - mean) / √(variance + ε) · weight + bias. Training uses the statistics of the " +
        "batch and keeps running ones, which inference uses.";

    public override IReadOnlyList<SurfaceParameter> Properties => BatchNorm.Properties;

    public override Node Forward(LayerCall layer)
    {
        var x = layer.X;
        if (x.Shape.Rank is not (2 or 3)) throw new ModelException(Rules.Rank, $"{layer.Display} takes an input [N, C] or [N, C, L], but was given {x.Shape}.");
        return x.Shape.Rank == 2 ? BatchNorm.Of(layer, x) : Permute.Of(BatchNorm.Of(layer, Permute.Of(x, 0, 2, 1)), 0, 2, 1);
    }

    public override IReadOnlyList<Sample> Samples => [new([5, 3]), new([2, 3, 4]) { Arguments = { ["Epsilon"] = 1e-3, ["Momentum"] = 0.3 } }];
}
