namespace ModelGen.Compiler.Layers;

/// <summary>What the batch normalisations share: y = (x - mean) / √(variance + ε) · weight + bias per channel, over all other axes.</summary>
internal static class BatchNorm
{
    public static IReadOnlyList<SurfaceParameter> Properties { get; } =
    [
        SurfaceParameter.Float("Epsilon", "added to the variance, for channels that hardly vary", 1e-5),
        SurfaceParameter.Float("Momentum", "the share of the new batch in the running statistics, 0..1", 0.1),
        SurfaceParameter.OptionalInt("Features", "channels of the input, to be checked; inferred when not given"),
    ];

    /// <param name="layer">The application.</param>
    /// <param name="x">The input with its channels as the last axis.</param>
    public static Node Of(LayerCall layer, Node x)
    {
        int channels = layer.Features(x.Shape[x.Shape.Rank - 1], "Features", "channels");
        double epsilon = LayerNorm.Epsilon(layer), momentum = layer.Arguments.Float("Momentum");
        if (!(momentum >= 0 && momentum <= 1)) throw new ModelException(Rules.Argument,
            $"{layer.Display} needs a 'Momentum' between 0 and 1, but it is {momentum.ToString(System.Globalization.CultureInfo.InvariantCulture)}.") { Argument = "Momentum" };
        Node weight = layer.Parameter("weight", Shape.Of(channels), Initializer.Ones), bias = layer.Parameter("bias", Shape.Of(channels), Initializer.Zeros);
        Node runningMean = layer.State("running_mean", Shape.Of(channels), Initializer.Zeros), runningVariance = layer.State("running_var", Shape.Of(channels), Initializer.Ones);
        if (!layer.Training)
        {
            // One scale and one shift per channel, which fold into what computed x.
            var scale = weight / Sqrt.Of(runningVariance + epsilon);
            return (x * scale) + (bias - (runningMean * scale));
        }

        int[] axes = Enumerable.Range(0, x.Shape.Rank - 1).ToArray();
        var n = Mean.Count(x.Shape, axes);
        if (n.IsOne) throw new ModelException(Rules.Argument,
            $"{layer.Display} cannot normalise {layer.X.Shape} in training: each channel has one value only, whose variance is zero.");
        var mean = Mean.Of(x, axes, keepDims: false);
        var centered = x - mean;
        var variance = Mean.Of(Square.Of(centered), axes, keepDims: false);
        var y = (centered * (weight / Sqrt.Of(variance + epsilon))) + bias;

        // The running variance is the unbiased one. A symbolic count may turn out to be 1: its variance, 0, then stays 0.
        var count = layer.Graph.Size(n, x.DType);
        var unbiased = variance * (count / Maximum.Of(count - 1, layer.Graph.Constant(1, x.DType)));
        layer.Update("running_mean", (runningMean * (1 - momentum)) + (mean * momentum));
        layer.Update("running_var", (runningVariance * (1 - momentum)) + (unbiased * momentum));
        return y;
    }
}
