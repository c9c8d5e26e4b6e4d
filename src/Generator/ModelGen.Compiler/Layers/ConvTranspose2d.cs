namespace ModelGen.Compiler.Layers;

/// <summary>The gradient of a convolution with respect to its input, as a layer: every element of x spreads a kernel over the larger output.</summary>
internal sealed class ConvTranspose2d : LayerDefinition
{
    public static readonly ConvTranspose2d Definition = new() { PyTorch = "torch.nn.ConvTranspose2d" };

    public override string Name => "ConvTranspose2d";

    public override string Summary =>
        "A transposed convolution over images, for decoders: [N, C, H, W] → [N, outChannels, H', W'] with H' = (H - 1)·stride - 2·padding + dilation·(kernelSize - 1) + outputPadding + 1. " +
        "Weights and bias start uniform in ±1/√(outChannels / groups · kernelSize²), as in PyTorch.";

    public override IReadOnlyList<SurfaceParameter> Constructor =>
    [
        SurfaceParameter.Int("outChannels", "channels of the output"), SurfaceParameter.Int("kernelSize", "height and width of the kernel"),
        SurfaceParameter.Int("stride", "the distance that two neighbours of x have in the output", 1), SurfaceParameter.Int("padding", "rows and columns cut off on every side", 0),
        SurfaceParameter.Int("outputPadding", "rows and columns added below and on the right, fewer than the stride", 0),
        SurfaceParameter.Int("dilation", "the distance of two elements of the kernel", 1),
        SurfaceParameter.Int("groups", "how many groups the channels are split into; each input reaches one", 1),
    ];

    public override IReadOnlyList<SurfaceParameter> Properties =>
    [
        SurfaceParameter.OptionalInt("InChannels", "channels of the input, to be checked; inferred when not given"),
        SurfaceParameter.Bool("Bias", "whether b is added", true),
        .. LayerWeight.PropertiesOf("input channel"),
    ];

    public override Node Forward(LayerCall layer)
    {
        layer.RequireRank(4, "[N, C, H, W]");
        var x = layer.X;
        int outputs = layer.Positive("outChannels"), kernel = layer.Positive("kernelSize"), groups = layer.Positive("groups"), padding = layer.NotNegative("padding");
        int stride = layer.Positive("stride"), dilation = layer.Positive("dilation"), outputPadding = layer.NotNegative("outputPadding");
        int inputs = layer.Features(x.Shape[1], "InChannels", "channels");
        Conv2d.RequireGroups(layer, inputs, outputs, groups);
        if (outputPadding >= stride) throw new ModelException(Rules.Argument,
            $"{layer.Display} needs an 'outputPadding' below its stride of {stride}, but it is {outputPadding}.") { Argument = "outputPadding", Repair = Repair.Set("outputPadding", stride - 1) };

        int reach = checked((dilation * (kernel - 1)) + 1);
        Dim Size(Dim size) => ((size - 1) * stride) + (reach + outputPadding - (2 * padding));
        Dim height = Size(x.Shape[2]), width = Size(x.Shape[3]);
        if ((height.IsConstant && height.Value < 1) || (width.IsConstant && width.Value < 1)) throw new ModelException(Rules.Window,
            $"{layer.Display} makes images of {height} x {width} of its input {x.Shape}: its padding of {padding} cuts off everything.") { Argument = "padding", Repair = Repair.Set("padding", 0) };

        long fanIn = (long)outputs / groups * kernel * kernel;
        // The weight of the convolution whose gradient this is: [in, out / groups, kh, kw], stored as [kh, kw, out / groups, in].
        var weight = LayerWeight.Of(layer, Shape.Of(inputs, outputs / groups, kernel, kernel), Initializer.FanIn(fanIn), storageAxes: [2, 3, 1, 0], outputAxis: 1);
        var y = Conv2dBackwardData.Of(Permute.Of(x, 0, 2, 3, 1), weight, Window2d.Square(kernel, stride, padding, dilation), groups, height, width);
        if (layer.Arguments.Bool("Bias")) y += layer.Parameter("bias", Shape.Of(outputs), Initializer.FanIn(fanIn));
        return Permute.Of(y, 0, 3, 1, 2);
    }

    public override IReadOnlyList<Sample> Samples =>
    [
        new([2, 3, 3, 4]) { Arguments = { ["outChannels"] = 4, ["kernelSize"] = 2, ["stride"] = 2 } },
        new([1, 4, 3, 3]) { Arguments = { ["outChannels"] = 6, ["kernelSize"] = 3, ["stride"] = 2, ["padding"] = 1, ["outputPadding"] = 1, ["groups"] = 2, ["Bias"] = false } },
        new([2, 3, 3, 3]) { Arguments = { ["outChannels"] = 4, ["kernelSize"] = 3, ["WeightNorm"] = true } },
        new([2, 3, 2, 4]) { Arguments = { ["outChannels"] = 5, ["kernelSize"] = 2, ["stride"] = 2, ["SpectralNorm"] = true } },
    ];
}
