namespace ModelGen.Compiler.Layers;

/// <summary>y = (x - mean) / √(variance + ε) · weight + bias per channel, over batch, height and width.</summary>
internal sealed class BatchNorm2d : LayerDefinition
{
    public static readonly BatchNorm2d Definition = new() { PyTorch = "torch.nn.BatchNorm2d" };

    public override string Name => "BatchNorm2d";

    public override string Summary =>
        "Batch normalisation of images [N, C, H, W] per channel: y = (x - mean) / √(variance + ε) · weight + bias. Training uses the statistics of the batch and " +
        "keeps running ones, which inference uses.";

    public override IReadOnlyList<SurfaceParameter> Properties => BatchNorm.Properties;

    // Channels last: the reductions then run over leading axes, and the permutations cancel against a convolution's.
    public override Node Forward(LayerCall layer)
    {
        layer.RequireRank(4, "[N, C, H, W]");
        return Permute.Of(BatchNorm.Of(layer, Permute.Of(layer.X, 0, 2, 3, 1)), 0, 3, 1, 2);
    }

    public override IReadOnlyList<Sample> Samples => [new([3, 2, 4, 3]), new([1, 5, 2, 2]) { Arguments = { ["Epsilon"] = 1e-3, ["Momentum"] = 0.3, ["Features"] = 5 } }, new([6, 17, 1, 1])];
}
