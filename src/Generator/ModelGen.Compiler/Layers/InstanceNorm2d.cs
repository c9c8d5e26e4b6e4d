namespace ModelGen.Compiler.Layers;

/// <summary>y = (x - mean) / √(variance + ε) over the positions of each channel of each image   (D. Ulyanov et al. 2016).</summary>
internal sealed class InstanceNorm2d : LayerDefinition
{
    public static readonly InstanceNorm2d Definition = new() { PyTorch = "torch.nn.InstanceNorm2d" };

    public override string Name => "InstanceNorm2d";

    public override string Summary =>
        "Instance normalisation of images [N, C, H, W]: each channel of each image is normalised by itself, in training and in inference; with Affine then y · weight + bias per channel.";

    public override IReadOnlyList<SurfaceParameter> Properties =>
    [
        SurfaceParameter.Float("Epsilon", "added to the variance, for channels that hardly vary", 1e-5),
        SurfaceParameter.Bool("Affine", "whether there are a weight and a bias for each channel", false),
        SurfaceParameter.OptionalInt("Features", "channels of the input, to be checked; inferred when not given"),
    ];

    public override Node Forward(LayerCall layer)
    {
        layer.RequireRank(4, "[N, C, H, W]");
        var x = layer.X;
        int channels = layer.Features(x.Shape[1], "Features", "channels");
        if ((x.Shape[2] * x.Shape[3]).IsOne) throw new ModelException(Rules.Argument,
            $"{layer.Display} cannot normalise {x.Shape}: each channel of an image has one value only, whose variance is zero.");
        var y = GroupNorm.Normalized(x, channels, LayerNorm.Epsilon(layer));
        return layer.Arguments.Bool("Affine") ? GroupNorm.Scaled(layer, y, channels) : y;
    }

    public override IReadOnlyList<Sample> Samples => [new([2, 3, 4, 3]), new([1, 2, 2, 5]) { Arguments = { ["Affine"] = true } }];
}
