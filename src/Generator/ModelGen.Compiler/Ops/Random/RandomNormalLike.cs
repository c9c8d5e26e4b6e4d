namespace ModelGen.Compiler.Ops;

/// <summary>
/// y = mean + standardDeviation √(-2 ln(1 - u)) cos(2π v), with u and v uniform in [0, 1), of x's shape (G. E. P. Box and M. E. Muller 1958). The
/// uniform numbers are multiples of 2⁻²⁴, so no number is farther than 5.8 standard deviations from the mean.
/// </summary>
internal static class RandomNormalLike
{
    public static readonly TensorMethod Method = new()
    {
        Name = "RandomNormalLike",
        Summary = "Normally distributed random numbers, of x's shape. " + RandomUniform.Meaning,
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the tensor whose shape the numbers get; its values do not count"),
            SurfaceParameter.Float("mean", "the mean", 0), SurfaceParameter.Float("standardDeviation", "the standard deviation, at least 0", 1),
        ],
        Build = call =>
        {
            var x = call.Tensor("x");
            double deviation = call.Float("standardDeviation");
            if (!(deviation >= 0)) throw new ModelException(Rules.Argument,
                $"'{call.Method}' needs a 'standardDeviation' of at least 0, but it is {ReducedLoss.Text(deviation)}.") { Argument = "standardDeviation" };
            RandomUniform.RequireFloat(call.Method, x);
            Node u = RandomUniform.Draw(call.Graph, x.Shape, x.DType), v = RandomUniform.Draw(call.Graph, x.Shape, x.DType);
            // 1 - u lies in (0, 1], whose logarithm is finite.
            var radius = Sqrt.Of(Log.Of(1 - u) * -2);
            return (radius * Cos.Of(v * (2 * Math.PI)) * deviation) + call.Float("mean");
        },
        Samples = [new([4, 9]), new Sample([5]).With("mean", -1.0).With("standardDeviation", 3.0)],
        PyTorch = "torch.randn_like",
    };
}
