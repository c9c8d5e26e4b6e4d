namespace ModelGen.Compiler.Ops;

/// <summary>L = mean of ½ (ln v + (x - target)² / v) for a predicted variance v, which is not below epsilon; with full also ½ ln 2π.</summary>
internal static class GaussianNll
{
    public static readonly TensorMethod Method = new()
    {
        Name = "GaussianNll",
        Summary = "The negative log-likelihood of targets under normal distributions with mean x and the given variance: the mean of (ln v + (x - target)² / v) / 2.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the means"), SurfaceParameter.Tensor("target", "what was observed, of the same shape"),
            SurfaceParameter.Tensor("variance", "the variances, positive; they broadcast against x"), SurfaceParameter.Bool("full", "whether the constant ln(2π) / 2 is added", false),
            SurfaceParameter.Float("epsilon", "the smallest variance that counts", 1e-6), SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node x = call.Tensor("x"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape(call.Method, x, target);
            var variance = Maximum.Of(call.Tensor("variance"), x.Graph.Constant(call.Float("epsilon"), x.DType));
            var losses = (Log.Of(variance) + (Square.Of(x - target) / variance)) * 0.5;
            if (call.Bool("full")) losses += 0.5 * Math.Log(2 * Math.PI);
            return ReducedLoss.Of(losses, call.Reduction);
        },
        Samples = [new([4, 3], [4, 3], [4, 3]) { Low = 0.3, High = 2 }, new Sample([4, 3], [4, 3], [4, 1]) { Low = 0.3, High = 2 }.With("full", true).With("reduction", (int)LossReduction.Sum)],
        PyTorch = "torch.nn.functional.gaussian_nll_loss",
    };
}
