namespace ModelGen.Compiler.Layers;

/// <summary>y = (x ∗ D) ∗ P + b: a kernel for each channel, then a product over the channels of each position   (F. Chollet 2017).</summary>
internal sealed class SeparableConv2d : LayerDefinition
{
    public static readonly SeparableConv2d Definition = new() { PyTorch = "torch.nn.Conv2d twice, the first with groups=C" };

    public override string Name => "SeparableConv2d";

    public override string Summary =>
        "A depthwise separable convolution over images (Chollet 2017): each channel is convolved with kernels of its own, then a 1×1 convolution mixes the channels, [N, C, H, W] → [N, outChannels, H', W'] with " +
        "H' as of a Conv2d. It has about 1/kernelSize² of a convolution's weights and multiply-adds. The weights are depthwise.weight, pointwise.weight and pointwise.bias.";

    public override IReadOnlyList<SurfaceParameter> Constructor =>
    [
        SurfaceParameter.Int("outChannels", "channels of the output"), SurfaceParameter.Int("kernelSize", "height and width of the kernels"),
        SurfaceParameter.Int("stride", "the distance of two windows", 1), SurfaceParameter.Int("padding", "zero rows and columns added on every side", 0),
        SurfaceParameter.Int("dilation", "the distance of two elements of a window", 1),
    ];

    public override IReadOnlyList<SurfaceParameter> Properties => [SurfaceParameter.Int("Multiplier", "kernels for each channel of the input", 1), .. Conv3d.Definition.Properties];

    public override Node Forward(LayerCall layer)
    {
        layer.RequireRank(4, "[N, C, H, W]");
        int outputs = layer.Positive("outChannels"), inputs = layer.Features(layer.X.Shape[1], "InChannels", "channels");
        var each = layer.Part(Conv2d.Definition, "depthwise", new()
        {
            ["outChannels"] = (Dim)(inputs * layer.Positive("Multiplier")),
            ["kernelSize"] = layer.Arguments.Size("kernelSize"),
            ["stride"] = layer.Arguments.Size("stride"),
            ["padding"] = layer.Arguments.Size("padding"),
            ["dilation"] = layer.Arguments.Size("dilation"),
            ["groups"] = (Dim)inputs,
            ["Bias"] = false,
        }, layer.X);
        return layer.Part(Conv2d.Definition, "pointwise", new() { ["outChannels"] = (Dim)outputs, ["kernelSize"] = Dim.One, ["Bias"] = layer.Arguments.Bool("Bias") }, each);
    }

    public override IReadOnlyList<Sample> Samples =>
    [
        new([2, 3, 5, 6]) { Arguments = { ["outChannels"] = 4, ["kernelSize"] = 3, ["padding"] = 1 } },
        new([1, 2, 7, 7]) { Arguments = { ["outChannels"] = 5, ["kernelSize"] = 3, ["stride"] = 2, ["dilation"] = 2, ["padding"] = 2, ["Multiplier"] = 2, ["Bias"] = false } },
    ];
}
