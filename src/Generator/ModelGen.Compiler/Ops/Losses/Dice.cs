namespace ModelGen.Compiler.Ops;

/// <summary>
/// L = mean over the examples of 1 - (2 Σ p t + s) / (Σ p + Σ t + s), the sums over all axes but the first: one minus the soft coefficient of L. R. Dice
/// (1945; as a loss F. Milletari, N. Navab and S.-A. Ahmadi 2016). It is Tversky's with equal weights.
/// </summary>
internal static class Dice
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Dice",
        Summary = "The mean over the examples of 1 - (2 Σ p t + s) / (Σ p + Σ t + s), the sums over all axes but the first: the loss of segmentations whose classes are very unequal (F. Milletari et al. 2016).",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "probabilities, [N, ...]"), SurfaceParameter.Tensor("target", "0 or 1 (or between), of the same shape"),
            SurfaceParameter.Float("smoothing", "s, added above and below, at least 0", 1), SurfaceParameter.Reduction(),
        ],
        Build = call => Tversky.Of(call, alpha: 0.5, beta: 0.5, call.Float("smoothing") / 2),
        Samples =
        [
            new([3, 4, 5], [3, 4, 5]) { Low = 0, High = 1 },
            new Sample([4, 6], [4, 6]) { Low = 0, High = 1 }.With("smoothing", 0.1).With("reduction", (int)LossReduction.Sum),
        ],
    };
}
