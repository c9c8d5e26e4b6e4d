using System.Globalization;

namespace ModelGen.Compiler.Ops;

/// <summary>
/// y = x to the power of a constant. Whole exponents work for negative x; x⁰ is 1 everywhere, with gradient 0, as in PyTorch.
/// </summary>
internal sealed class Pow(double exponent) : UnaryOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Pow",
        Summary = "x to the power of a constant exponent, elementwise.",
        Parameters = [SurfaceParameter.Tensor("x", "the base; not negative unless the exponent is whole"), SurfaceParameter.Float("exponent", "the exponent")],
        Build = call => Of(call.Tensor("x"), call.Float("exponent")),
        Samples =
        [
            new Sample([4, 5]).With("exponent", 2.0), new Sample([4, 5]).With("exponent", 3.0), new Sample([7]).With("exponent", 1.0), new Sample([7]).With("exponent", 0.0),
            new Sample([4, 5]) { Low = 0.3 }.With("exponent", -2.0), new Sample([4, 5]) { Low = 0.3 }.With("exponent", 0.5), new Sample([4, 5]) { Low = 0.3 }.With("exponent", -0.5),
            new Sample([4, 5]) { Low = 0.3 }.With("exponent", 2.7), new Sample([4, 5]).With("exponent", 21.0),
        ],
        PyTorch = "torch.pow",
    };

    // Up to here a whole exponent is a few multiplications; beyond, a call of pow is cheaper and no less exact.
    const int LargestProduct = 16;

    public double Exponent { get; } = exponent;
    public override string Name => "pow";
    public override string Spelling => "Pow";
    public override string Attributes => Exponent.ToString("R", CultureInfo.InvariantCulture);

    public static Node Of(Node x, double exponent)
    {
        if (double.IsNaN(exponent) || double.IsInfinity(exponent)) throw new ModelException(Rules.Argument,
            $"'Pow' needs a finite exponent, but was given {exponent.ToString(CultureInfo.InvariantCulture)}.") { Argument = "exponent" };
        return x.Graph.Add(new Pow(exponent), x);
    }

    public override Scalar Forward(Scalar x)
    {
        double magnitude = Math.Abs(Exponent);
        var power = magnitude == 0.5 ? Scalar.Sqrt(x)
            : magnitude != Math.Floor(magnitude) ? Scalar.Pow(x, magnitude)
            : magnitude <= LargestProduct ? Product(x, (int)magnitude)
            : WholePower(x, magnitude);
        return Exponent < 0 ? 1 / power : power;
    }

    static Scalar Product(Scalar x, int n) =>
        n == 0 ? 1 : n == 1 ? x : n % 2 == 1 ? x * Product(x, n - 1) : Product(x * x, n / 2);

    // pow(|x|, n) with the sign put back: vector implementations of pow go through log(x).
    static Scalar WholePower(Scalar x, double n)
    {
        var power = Scalar.Pow(Scalar.Abs(x), n);
        return n % 2 == 0 ? power : Scalar.Select(Scalar.Less(x, 0), -power, power);
    }

    // Nothing flows through x⁰; at exponent 1 the factor x⁰ is 1 even at x = 0.
    public override Node? Gradient(Vjp vjp) => Exponent == 0 ? null
        : Exponent == 1 ? vjp.Dy
        : vjp.Dy * (Exponent * Of(vjp.X, Exponent - 1));

    public override double Reference(double x) => Math.Pow(x, Exponent);
}
