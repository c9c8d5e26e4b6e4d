namespace ModelGen.Compiler.Ops;

/// <summary>
/// L = mean over the examples of 1 - (TP + s) / (TP + α FP + β FN + s), with TP = Σ p t, FP = Σ p (1 - t) and FN = Σ (1 - p) t over all axes but the first
/// (S. S. M. Salehi, D. Erdogmus and A. Gholipour 2017).
/// </summary>
internal static class Tversky
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Tversky",
        Summary = "The mean over the examples of 1 - (TP + s) / (TP + α FP + β FN + s), with the soft counts of true positives, false positives and false negatives over all axes but the first (S. S. M. Salehi et al. 2017): for segmentations in which the two errors do not weigh the same.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "probabilities, [N, ...]"), SurfaceParameter.Tensor("target", "0 or 1 (or between), of the same shape"),
            SurfaceParameter.Float("alpha", "the weight of false positives, at least 0", 0.5), SurfaceParameter.Float("beta", "the weight of false negatives, at least 0", 0.5),
            SurfaceParameter.Float("smoothing", "s, added above and below, at least 0", 1), SurfaceParameter.Reduction(),
        ],
        Build = call => Of(call, call.Float("alpha"), call.Float("beta"), call.Float("smoothing")),
        Samples =
        [
            new([3, 4, 5], [3, 4, 5]) { Low = 0, High = 1 },
            new Sample([4, 6], [4, 6]) { Low = 0, High = 1 }.With("alpha", 0.3).With("beta", 0.7).With("smoothing", 0.1).With("reduction", (int)LossReduction.None),
        ],
    };

    /// <summary>The losses of the examples, reduced.</summary>
    internal static Node Of(Call call, double alpha, double beta, double smoothing)
    {
        Node x = call.Tensor("x"), target = call.Tensor("target");
        MeanSquaredError.RequireSameShape(call.Method, x, target);
        if (x.Shape.Rank < 2) throw new ModelException(Rules.Rank, $"'{call.Method}' takes examples [N, ...] with at least 2 axes, but was given {x.Shape}, which has {x.Shape.Rank}.");
        foreach (var (name, value) in new[] { ("alpha", alpha), ("beta", beta), ("smoothing", smoothing) })
            if (!(value >= 0) || double.IsInfinity(value)) throw new ModelException(Rules.Argument, $"'{call.Method}' needs a finite '{name}' of at least 0, but it is {ReducedLoss.Text(value)}.") { Argument = name };
        int[] axes = Enumerable.Range(1, x.Shape.Rank - 1).ToArray();
        Node both = Sum.Of(x * target, axes, keepDims: false), falsePositive = Sum.Of(x, axes, keepDims: false) - both, falseNegative = Sum.Of(target, axes, keepDims: false) - both;
        return ReducedLoss.Of(1 - ((both + smoothing) / (both + (falsePositive * alpha) + (falseNegative * beta) + smoothing)), call.Reduction);
    }
}
