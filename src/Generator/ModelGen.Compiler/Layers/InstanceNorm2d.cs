namespace ModelGen.Compiler.Layers;

/// <summary>y = (x - mean) / √(variance + ε) over the positions of each channel of each image   (D. Ulyanov et al. 2016).</summary>
internal sealed class InstanceNorm2d : LayerDefinition
{
    public static readonly InstanceNorm2d Definition = new() { PyTorch = "torch.nn.InstanceNorm2d" };

    public override string Name => "InstanceNorm2d";

    public override string Summary =>
        "Instance normalisation of images [N, C, H, W]: each channel of each image is normalised by itself, in training and in inference; with Affine then y · weight + bias per channel.";

    public override IReadOnlyList<SurfaceParameter> Properties => InstanceNorm.Properties;

    public override Node Forward(LayerCall layer)
    {
        layer.RequireRank(4, "[N, C, H, W]");
        return InstanceNorm.Of(layer, "an image");
    }

    public override IReadOnlyList<Sample> Samples => [new([2, 3, 4, 3]), new([1, 2, 2, 5]) { Arguments = { ["Affine"] = true } }];
}
