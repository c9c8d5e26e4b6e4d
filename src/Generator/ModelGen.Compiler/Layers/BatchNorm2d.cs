namespace ModelGen.Compiler.Layers;

/// <summary>y = (x - mean) / √(variance + ε) · weight + bias per channel, over batch, height and width.</summary>
internal sealed class BatchNorm2d : LayerDefinition
{
    public static readonly BatchNorm2d Definition = new() { PyTorch = "torch.nn.BatchNorm2d" };

    public override string Name => "BatchNorm2d";

    public override string Summary =>
        "Batch normalisation of images [N, C, H, W] per channel: y = (x - mean) / √(variance + ε) · weight + bias. Training uses the statistics of the batch and " +
        "keeps running ones, which inference uses.";

    public override IReadOnlyList<SurfaceParameter> Properties =>
    [
        SurfaceParameter.Float("Epsilon", "added to the variance, for channels that hardly vary", 1e-5),
        SurfaceParameter.Float("Momentum", "the share of the new batch in the running statistics, 0..1", 0.1),
        SurfaceParameter.OptionalInt("Features", "channels of the input, to be checked; inferred when not given"),
    ];

    public override Node Forward(LayerCall layer)
    {
        layer.RequireRank(4, "[N, C, H, W]");
        int channels = layer.Features(layer.X.Shape[1], "Features", "channels");
        double epsilon = LayerNorm.Epsilon(layer), momentum = layer.Arguments.Float("Momentum");
        if (!(momentum >= 0 && momentum <= 1)) throw new ModelException(Rules.Argument,
            $"{layer.Display} needs a 'Momentum' between 0 and 1, but it is {momentum.ToString(System.Globalization.CultureInfo.InvariantCulture)}.") { Argument = "Momentum" };
        Node weight = layer.Parameter("weight", Shape.Of(channels), Initializer.Ones), bias = layer.Parameter("bias", Shape.Of(channels), Initializer.Zeros);
        Node runningMean = layer.State("running_mean", Shape.Of(channels), Initializer.Zeros), runningVariance = layer.State("running_var", Shape.Of(channels), Initializer.Ones);

        // Channels last: the reductions then run over leading axes, and the permutations cancel against a convolution's.
        var x = Permute.Of(layer.X, 0, 2, 3, 1);
        Node y;
        if (layer.Training)
        {
            int[] axes = [0, 1, 2];
            var n = Mean.Count(x.Shape, axes);
            if (n.IsOne) throw new ModelException(Rules.Argument,
                $"{layer.Display} cannot normalise {layer.X.Shape} in training: each channel has one value only, whose variance is zero.");
            var mean = Mean.Of(x, axes, keepDims: false);
            var centered = x - mean;
            var variance = Mean.Of(Square.Of(centered), axes, keepDims: false);
            y = (centered * (weight / Sqrt.Of(variance + epsilon))) + bias;

            // The running variance is the unbiased one. A symbolic count may turn out to be 1: its variance, 0, then stays 0.
            var count = layer.Graph.Size(n, x.DType);
            var unbiased = variance * (count / Maximum.Of(count - 1, layer.Graph.Constant(1, x.DType)));
            layer.Update("running_mean", (runningMean * (1 - momentum)) + (mean * momentum));
            layer.Update("running_var", (runningVariance * (1 - momentum)) + (unbiased * momentum));
        }
        else
        {
            // One scale and one shift per channel, which fold into what computed x.
            var scale = weight / Sqrt.Of(runningVariance + epsilon);
            y = (x * scale) + (bias - (runningMean * scale));
        }
        return Permute.Of(y, 0, 3, 1, 2);
    }

    public override IReadOnlyList<Sample> Samples => [new([3, 2, 4, 3]), new([1, 5, 2, 2]) { Arguments = { ["Epsilon"] = 1e-3, ["Momentum"] = 0.3, ["Features"] = 5 } }, new([6, 17, 1, 1])];
}
