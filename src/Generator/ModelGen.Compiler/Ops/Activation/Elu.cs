using System.Globalization;

namespace ModelGen.Compiler.Ops;

/// <summary>
/// y = scale · (x &gt; 0 ? x : alpha (e^(x / width) - 1)): the exponential linear units ELU (D.-A. Clevert et al. 2016), SELU and CELU.
/// </summary>
internal sealed class Elu(double alpha, double scale, double width) : UnaryOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Elu",
        Summary = "x where it is positive, alpha · (exp(x) - 1) elsewhere.",
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape"), SurfaceParameter.Float("alpha", "minus the limit for very negative x", 1)],
        Build = call => Of(call.Tensor("x"), call.Float("alpha"), 1, 1),
        Samples = [new Sample([4, 9]), new Sample([2, 3, 5]).With("alpha", 0.3)],
        PyTorch = "torch.nn.functional.elu",
    };

    public double Alpha { get; } = alpha;
    public double Scale { get; } = scale;
    public double Width { get; } = width;
    public override string Name => "elu";
    public override string Spelling => "Elu";
    public override string Attributes => string.Format(CultureInfo.InvariantCulture, "alpha={0:R} scale={1:R} width={2:R}", Alpha, Scale, Width);
    public override bool IsNondecreasing => Alpha >= 0 && Scale >= 0 && Width >= 0;

    public static Node Of(Node x, double alpha, double scale, double width) => x.Graph.Add(new Elu(alpha, scale, width), x);

    public override Scalar Forward(Scalar x)
    {
        Scalar negative = Scalar.Min(0, x);
        if (Width != 1) negative = negative * (1 / Width);
        negative = Scalar.Expm1(negative);
        if (Alpha != 1) negative = Alpha * negative;
        var y = Scalar.Max(0, x) + negative;
        return Scale == 1 ? y : Scale * y;
    }

    // The exponential sees no positive x: an overflow that is not chosen would still be a NaN in the second derivative.
    public override Node Gradient(Vjp vjp)
    {
        var zero = vjp.Graph.Constant(0, vjp.X.DType);
        var slope = Exp.Of(Minimum.Of(vjp.X, zero) * (1 / Width)) * (Alpha / Width);
        return Where.Of(Greater.Of(vjp.X, zero), vjp.Dy * Scale, vjp.Dy * (slope * Scale));
    }

    public override double Reference(double x) => Scale * (x > 0 ? x : Alpha * SpecialFunctions.Expm1(x / Width));
}
