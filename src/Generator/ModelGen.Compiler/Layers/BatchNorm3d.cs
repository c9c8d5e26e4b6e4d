namespace ModelGen.Compiler.Layers;

/// <summary>y = (x - mean) / √(variance + ε) · weight + bias per channel, over batch, depth, height and width.</summary>
internal sealed class BatchNorm3d : LayerDefinition
{
    public static readonly BatchNorm3d Definition = new() { PyTorch = "torch.nn.BatchNorm3d" };

    public override string Name => "BatchNorm3d";

    public override string Summary =>
        "Batch normalisation of volumes [N, C, D, H, W] per channel: y = (x - mean) / √(variance + ε) · weight + bias. Training uses the statistics of the batch and " +
        "keeps running ones, which inference uses.";

    public override IReadOnlyList<SurfaceParameter> Properties => BatchNorm.Properties;

    // Channels last, as in BatchNorm2d.
    public override Node Forward(LayerCall layer)
    {
        layer.RequireRank(5, "[N, C, D, H, W]");
        return Permute.Of(BatchNorm.Of(layer, Permute.Of(layer.X, 0, 2, 3, 4, 1)), 0, 4, 1, 2, 3);
    }

    public override IReadOnlyList<Sample> Samples => [new([3, 2, 2, 3, 2]), new([2, 5, 1, 2, 2]) { Arguments = { ["Momentum"] = 0.3, ["Features"] = 5 } }];
}
