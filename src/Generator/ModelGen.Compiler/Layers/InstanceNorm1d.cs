namespace ModelGen.Compiler.Layers;

/// <summary>y = (x - mean) / √(variance + ε) over the positions of each channel of each sequence   (D. Ulyanov et al. 2016).</summary>
internal sealed class InstanceNorm1d : LayerDefinition
{
    public static readonly InstanceNorm1d Definition = new() { PyTorch = "torch.nn.InstanceNorm1d" };

    public override string Name => "InstanceNorm1d";

    public override string Summary =>
        "Instance normalisation of sequences [N, C, L]: each channel of each sequence is normalised by itself, in training and in inference; with Affine then y · weight + bias per channel.";

    public override IReadOnlyList<SurfaceParameter> Properties => InstanceNorm.Properties;

    public override Node Forward(LayerCall layer)
    {
        layer.RequireRank(3, "[N, C, L]");
        return InstanceNorm.Of(layer, "a sequence");
    }

    public override IReadOnlyList<Sample> Samples => [new([2, 3, 5]), new([1, 2, 19]) { Arguments = { ["Affine"] = true, ["Epsilon"] = 1e-3 } }];
}
