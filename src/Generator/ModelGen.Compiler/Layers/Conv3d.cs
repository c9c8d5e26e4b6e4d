namespace ModelGen.Compiler.Layers;

/// <summary>
/// y = x ∗ W + b over depth, height and width. The planes that one window reads along the depth become channels side by side; what is left is one two-dimensional
/// convolution of all planes, with its kernels and gradients.
/// </summary>
internal sealed class Conv3d : LayerDefinition
{
    public static readonly Conv3d Definition = new() { PyTorch = "torch.nn.Conv3d" };

    public override string Name => "Conv3d";

    public override string Summary =>
        "A convolution over volumes or videos: [N, C, D, H, W] → [N, outChannels, D', H', W'] with D' = floor((D + 2·padding - dilation·(kernelSize - 1) - 1) / stride) + 1, and H' and W' alike. " +
        "Weights and bias start uniform in ±1/√fan-in, as in PyTorch.";

    public override IReadOnlyList<SurfaceParameter> Constructor =>
    [
        SurfaceParameter.Int("outChannels", "channels of the output"), SurfaceParameter.Int("kernelSize", "depth, height and width of the kernel"),
        SurfaceParameter.Int("stride", "the distance of two windows", 1), SurfaceParameter.Int("padding", "zero planes, rows and columns added on every side", 0),
        SurfaceParameter.Int("dilation", "the distance of two elements of a window", 1),
        SurfaceParameter.Int("groups", "how many groups the channels are split into; each output sees one", 1),
    ];

    public override IReadOnlyList<SurfaceParameter> Properties =>
    [
        SurfaceParameter.OptionalInt("InChannels", "channels of the input, to be checked; inferred when not given"),
        SurfaceParameter.Bool("Bias", "whether b is added", true),
        .. LayerWeight.Properties,
    ];

    public override Node Forward(LayerCall layer)
    {
        layer.RequireRank(5, "[N, C, D, H, W]");
        var x = layer.X;
        int outputs = layer.Positive("outChannels"), kernel = layer.Positive("kernelSize"), groups = layer.Positive("groups"), padding = layer.NotNegative("padding");
        int inputs = layer.Features(x.Shape[1], "InChannels", "channels"), stride = layer.Positive("stride"), dilation = layer.Positive("dilation");
        Conv2d.RequireGroups(layer, inputs, outputs, groups);
        var window = Window2d.Square(kernel, stride, padding, dilation);
        var depth = Window2d.Output(layer.Display, "depth", x.Shape[2], kernel, stride, padding, dilation, x.Shape);
        window.Output(layer.Display, x.Shape[3], x.Shape[4], x.Shape);

        int perGroup = inputs / groups;
        long fanIn = (long)perGroup * kernel * kernel * kernel;
        // Stored as [kh, kw, kd, in, out]: the kernels read output channels side by side, and planes as channels.
        var weight = LayerWeight.Of(layer, Shape.Of(outputs, perGroup, kernel, kernel, kernel), Initializer.FanIn(fanIn), storageAxes: [3, 4, 2, 1, 0]);
        var planes = Planes(Permute.Of(x, 0, 2, 3, 4, 1), depth, kernel, stride, padding, dilation, groups);
        var y = Ops.Conv2d.Of(planes, Reshape.Of(weight, Shape.Of(kernel, kernel, kernel * perGroup, outputs)), window, groups);
        if (layer.Arguments.Bool("Bias")) y += layer.Parameter("bias", Shape.Of(outputs), Initializer.FanIn(fanIn));
        return Permute.Of(Reshape.Of(y, new Shape(x.Shape[0], depth, y.Shape[1], y.Shape[2], y.Shape[3])), 0, 4, 1, 2, 3);
    }

    // [N, D, H, W, C] → [N · D', H, W, kernel · C], group by group: of each window all planes.
    static Node Planes(Node x, Dim depth, int kernel, int stride, int padding, int dilation, int groups)
    {
        var padded = Pad.Of(x, 1, padding, x.Shape[1] + (2 * padding));
        var channels = x.Shape[4].DivideExactly(groups)!;
        var each = new Shape(x.Shape[0] * depth, x.Shape[2], x.Shape[3], groups, channels);
        var parts = Enumerable.Range(0, kernel).Select(k => Reshape.Of(Slice.Of(padded, 1, k * dilation, depth, stride), each)).ToArray();
        return Reshape.Of(Concat.Of(4, parts), new Shape(each[0], each[1], each[2], x.Shape[4] * kernel));
    }

    public override IReadOnlyList<Sample> Samples =>
    [
        new([2, 2, 3, 4, 5]) { Arguments = { ["outChannels"] = 3, ["kernelSize"] = 2 } },
        new([1, 4, 5, 4, 3]) { Arguments = { ["outChannels"] = 6, ["kernelSize"] = 3, ["stride"] = 2, ["padding"] = 1, ["groups"] = 2, ["Bias"] = false } },
        new([1, 1, 5, 5, 6]) { Arguments = { ["outChannels"] = 17, ["kernelSize"] = 2, ["dilation"] = 2, ["padding"] = 1 } },
        new([2, 3, 2, 2, 2]) { Arguments = { ["outChannels"] = 2, ["kernelSize"] = 1, ["InChannels"] = 3 } },
        new([1, 2, 3, 3, 4]) { Arguments = { ["outChannels"] = 3, ["kernelSize"] = 2, ["WeightNorm"] = true } },
        new([1, 2, 3, 4, 3]) { Arguments = { ["outChannels"] = 3, ["kernelSize"] = 2, ["SpectralNorm"] = true } },
    ];
}
