namespace ModelGen.Compiler.Ops;

/// <summary>L = mean of t (ln t - x) over all elements, for log-probabilities x; 0 where t is 0.</summary>
internal static class KlDivergence
{
    public static readonly TensorMethod Method = new()
    {
        Name = "KlDivergence",
        Summary = "The Kullback-Leibler divergence: the mean over all elements of t · (ln t - x), for log-probabilities x and probabilities t. Its value per row is the sum divided by the number of rows.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the prediction"), SurfaceParameter.Tensor("target", "probabilities (or their logarithms), of the same shape"),
            SurfaceParameter.Bool("logTarget", "whether the target holds log-probabilities as well", false),
            SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node x = call.Tensor("x"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape(call.Method, x, target);
            if (call.Bool("logTarget")) return ReducedLoss.Of(Exp.Of(target) * (target - x), call.Reduction);
            // t ln t is 0 at 0; the logarithm is not asked there, whose infinity would be a NaN in the gradient.
            var logarithm = Log.Of(Where.Of(target, target, x.Graph.Constant(1, x.DType)));
            return ReducedLoss.Of(target * (logarithm - x), call.Reduction);
        },
        Samples = [new([4, 3], [4, 3]) { Low = 0.1, High = 0.9 }, new Sample([7], [7]).With("logTarget", true).With("reduction", (int)LossReduction.Sum)],
        PyTorch = "torch.nn.functional.kl_div",
    };
}
