namespace ModelGen.Compiler.Layers;

/// <summary>y = x ∗ W + b over height and width.</summary>
internal sealed class Conv2d : LayerDefinition
{
    public static readonly Conv2d Definition = new() { PyTorch = "torch.nn.Conv2d" };

    public override string Name => "Conv2d";

    public override string Summary =>
        "A convolution over images: [N, C, H, W] → [N, outChannels, H', W'] with H' = floor((H + 2·padding - dilation·(kernelSize - 1) - 1) / stride) + 1. " +
        "Weights and bias start uniform in ±1/√fan-in, as in PyTorch.";

    public override IReadOnlyList<SurfaceParameter> Constructor =>
    [
        SurfaceParameter.Int("outChannels", "channels of the output"), SurfaceParameter.Int("kernelSize", "height and width of the kernel"),
        SurfaceParameter.Int("stride", "the distance of two windows", 1), SurfaceParameter.Int("padding", "zero rows and columns added on every side", 0),
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
        layer.RequireRank(4, "[N, C, H, W]");
        var x = layer.X;
        int outputs = layer.Positive("outChannels"), kernel = layer.Positive("kernelSize"), groups = layer.Positive("groups"), padding = layer.NotNegative("padding");
        int inputs = layer.Features(x.Shape[1], "InChannels", "channels");
        RequireGroups(layer, inputs, outputs, groups);
        var window = Window2d.Square(kernel, layer.Positive("stride"), padding, layer.Positive("dilation"));
        // Checked here, so that a message names the layer and shows the shape as the user wrote it.
        window.Output(layer.Display, x.Shape[2], x.Shape[3], x.Shape);

        long fanIn = (long)inputs / groups * kernel * kernel;
        // Stored as [kh, kw, in, out]: the kernels read output channels side by side.
        var weight = LayerWeight.Of(layer, Shape.Of(outputs, inputs / groups, kernel, kernel), Initializer.FanIn(fanIn), storageAxes: [2, 3, 1, 0]);
        var y = Ops.Conv2d.Of(Permute.Of(x, 0, 2, 3, 1), weight, window, groups);
        if (layer.Arguments.Bool("Bias")) y += layer.Parameter("bias", Shape.Of(outputs), Initializer.FanIn(fanIn));
        return Permute.Of(y, 0, 3, 1, 2);
    }

    /// <summary>The rule of all convolutions: both sides' channels divide by the groups.</summary>
    internal static void RequireGroups(LayerCall layer, int inputs, int outputs, int groups)
    {
        if (inputs % groups == 0 && outputs % groups == 0) return;
        var (channels, side) = inputs % groups != 0 ? (inputs, "input") : (outputs, "output");
        int fitting = Enumerable.Range(1, groups).Last(g => inputs % g == 0 && outputs % g == 0);
        throw new ModelException(Rules.Groups,
            $"{layer.Display} splits its channels into {groups} groups, but {channels} {side} channels (its input is {layer.X.Shape}) do not divide by {groups}; {fitting} groups would.") { Argument = "groups", Repair = Repair.Set("groups", fitting) };
    }

    public override IReadOnlyList<Sample> Samples =>
    [
        new([2, 3, 5, 5]) { Arguments = { ["outChannels"] = 4, ["kernelSize"] = 3 } },
        new([2, 1, 6, 4]) { Arguments = { ["outChannels"] = 5, ["kernelSize"] = 3, ["padding"] = 1 } },
        new([1, 4, 7, 6]) { Arguments = { ["outChannels"] = 6, ["kernelSize"] = 3, ["stride"] = 2, ["padding"] = 1, ["groups"] = 2, ["Bias"] = false } },
        new([1, 2, 9, 8]) { Arguments = { ["outChannels"] = 3, ["kernelSize"] = 3, ["dilation"] = 2, ["padding"] = 2, ["InChannels"] = 2 } },
        new([2, 4, 5, 5]) { Arguments = { ["outChannels"] = 4, ["kernelSize"] = 3, ["padding"] = 1, ["groups"] = 4 } },
        new([3, 17, 2, 3]) { Arguments = { ["outChannels"] = 16, ["kernelSize"] = 1 } },
        new([2, 3, 4, 4]) { Arguments = { ["outChannels"] = 4, ["kernelSize"] = 3, ["WeightNorm"] = true } },
        new([2, 3, 4, 5]) { Arguments = { ["outChannels"] = 4, ["kernelSize"] = 2, ["SpectralNorm"] = true } },
        new([1, 2, 8, 8]) { Arguments = { ["outChannels"] = 2, ["kernelSize"] = 2, ["stride"] = 3 } },
    ];
}
