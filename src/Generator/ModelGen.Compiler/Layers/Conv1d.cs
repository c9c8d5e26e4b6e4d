namespace ModelGen.Compiler.Layers;

/// <summary>y = x ∗ W + b over the positions: a two-dimensional convolution of images of height 1.</summary>
internal sealed class Conv1d : LayerDefinition
{
    public static readonly Conv1d Definition = new() { PyTorch = "torch.nn.Conv1d" };

    public override string Name => "Conv1d";

    public override string Summary =>
        "A convolution over sequences: [N, C, L] → [N, outChannels, L'] with L' = floor((L + 2·padding - dilation·(kernelSize - 1) - 1) / stride) + 1. " +
        "Weights and bias start uniform in ±1/√fan-in, as in PyTorch.";

    public override IReadOnlyList<SurfaceParameter> Constructor =>
    [
        SurfaceParameter.Int("outChannels", "channels of the output"), SurfaceParameter.Int("kernelSize", "elements of the kernel"),
        SurfaceParameter.Int("stride", "the distance of two windows", 1), SurfaceParameter.Int("padding", "zeros added at both ends", 0),
        SurfaceParameter.Int("dilation", "the distance of two elements of a window", 1),
        SurfaceParameter.Int("groups", "how many groups the channels are split into; each output sees one", 1),
    ];

    public override IReadOnlyList<SurfaceParameter> Properties => Conv2d.Definition.Properties;

    public override Node Forward(LayerCall layer)
    {
        layer.RequireRank(3, "[N, C, L]");
        var x = layer.X;
        int outputs = layer.Positive("outChannels"), kernel = layer.Positive("kernelSize"), groups = layer.Positive("groups"), padding = layer.NotNegative("padding");
        int inputs = layer.Features(x.Shape[1], "InChannels", "channels");
        Conv2d.RequireGroups(layer, inputs, outputs, groups);
        var window = new Window2d(1, kernel, 1, layer.Positive("stride"), 0, padding, 1, layer.Positive("dilation"));
        window.Output(layer.Display, Dim.One, x.Shape[2], x.Shape);

        long fanIn = (long)inputs / groups * kernel;
        // Stored as [k, in, out]: the kernels read output channels side by side.
        var weight = LayerWeight.Of(layer, Shape.Of(outputs, inputs / groups, kernel), Initializer.FanIn(fanIn), storageAxes: [2, 1, 0]);
        var rows = Permute.Of(x, 0, 2, 1);
        var y = Ops.Conv2d.Of(Unsqueeze.Of(rows, 1), Unsqueeze.Of(weight, 0), window, groups);
        if (layer.Arguments.Bool("Bias")) y += layer.Parameter("bias", Shape.Of(outputs), Initializer.FanIn(fanIn));
        return Permute.Of(Reshape.Of(y, new Shape(y.Shape[0], y.Shape[2], y.Shape[3])), 0, 2, 1);
    }

    public override IReadOnlyList<Sample> Samples =>
    [
        new([2, 3, 7]) { Arguments = { ["outChannels"] = 4, ["kernelSize"] = 3 } },
        new([1, 3, 6]) { Arguments = { ["outChannels"] = 2, ["kernelSize"] = 2, ["SpectralNorm"] = true } },
        new([2, 4, 9]) { Arguments = { ["outChannels"] = 6, ["kernelSize"] = 3, ["stride"] = 2, ["padding"] = 2, ["dilation"] = 2, ["groups"] = 2, ["Bias"] = false } },
    ];
}
