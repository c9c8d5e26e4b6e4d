namespace ModelGen.Compiler.Ops;

/// <summary>y = x &gt; 0 ? x : alpha (e^(x / alpha) - 1): an ELU whose slope is continuous for every alpha (J. Barron 2017).</summary>
internal static class Celu
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Celu",
        Summary = "x where it is positive, alpha · (exp(x / alpha) - 1) elsewhere.",
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape"), SurfaceParameter.Float("alpha", "minus the limit for very negative x; not 0", 1)],
        Build = call =>
        {
            double alpha = call.Float("alpha");
            if (alpha == 0 || double.IsNaN(alpha)) throw new ModelException(Rules.Argument,
                $"'Celu' needs an 'alpha' other than 0, but was given {alpha.ToString(System.Globalization.CultureInfo.InvariantCulture)}.") { Argument = "alpha" };
            return Elu.Of(call.Tensor("x"), alpha, 1, alpha);
        },
        Samples = [new Sample([4, 9]), new Sample([2, 3, 5]).With("alpha", 0.4)],
        PyTorch = "torch.nn.functional.celu",
    };
}
