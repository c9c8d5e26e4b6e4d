namespace ModelGen.Compiler.Ops;

/// <summary>L = mean of eˣ - t x (x is the logarithm of the rate) or of x - t ln(x + epsilon), and with full the constant of Stirling's formula for t above 1.</summary>
internal static class PoissonNll
{
    public static readonly TensorMethod Method = new()
    {
        Name = "PoissonNll",
        Summary = "The negative log-likelihood of counts t under a Poisson distribution: the mean of exp(x) - t·x, where x is the logarithm of the rate, or of x - t·ln(x + epsilon), where it is the rate.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the prediction"), SurfaceParameter.Tensor("target", "the counts, of the same shape"),
            SurfaceParameter.Bool("logInput", "whether x is the logarithm of the rate", true),
            SurfaceParameter.Bool("full", "whether Stirling's approximation of ln t! is added", false),
            SurfaceParameter.Float("epsilon", "added to a rate before its logarithm", 1e-8),
            SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node x = call.Tensor("x"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape(call.Method, x, target);
            var losses = call.Bool("logInput") ? Exp.Of(x) - (target * x) : x - (target * Log.Of(x + call.Float("epsilon")));
            if (call.Bool("full"))
            {
                var one = x.Graph.Constant(1, x.DType);
                var large = Greater.Of(target, one);
                var count = Where.Of(large, target, one);
                losses += Mask.Of((count * Log.Of(count)) - count + (Log.Of(count * (2 * Math.PI)) * 0.5), large);
            }
            return ReducedLoss.Of(losses, call.Reduction);
        },
        Samples = [new([4, 3], [4, 3]), new Sample([7], [7]) { Low = 0.3, High = 3 }.With("logInput", false).With("full", true)],
        PyTorch = "torch.nn.functional.poisson_nll_loss",
    };
}
