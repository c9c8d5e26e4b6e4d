namespace ModelGen.Compiler.Ops;

/// <summary>y = x moved towards 0 by lambda, and 0 where |x| is smaller: x - clamp(x, -lambda, lambda).</summary>
internal static class Softshrink
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Softshrink",
        Summary = "x moved towards 0 by lambda, and 0 where |x| is not above it.",
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape"), SurfaceParameter.Float("lambda", "how far, not negative", 0.5)],
        Build = call =>
        {
            double lambda = call.Float("lambda");
            if (!(lambda >= 0)) throw new ModelException(Rules.Argument,
                $"'Softshrink' needs a 'lambda' of at least 0, but was given {lambda.ToString(System.Globalization.CultureInfo.InvariantCulture)}.") { Argument = "lambda" };
            return call.Tensor("x") - Clamp.Of(call.Tensor("x"), -lambda, lambda, passesOnBounds: true, call.Method);
        },
        Samples = [new Sample([4, 9]), new Sample([7]).With("lambda", 1.1)],
        PyTorch = "torch.nn.functional.softshrink",
    };
}
