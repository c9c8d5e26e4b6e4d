using System.Globalization;

namespace ModelGen.Compiler.Ops;

/// <summary>
/// y = x limited to [min, max]. Inside, the gradient passes; outside, nothing does. On the bounds themselves it passes for Clamp and HardSwish and not
/// for Hardtanh and its kind, as in PyTorch.
/// </summary>
internal sealed class Clamp(double min, double max, bool passesOnBounds) : UnaryOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Clamp",
        Summary = "x limited to [min, max], elementwise; without an argument a side is open.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the input, of any shape"), SurfaceParameter.Float("min", "the smallest result", double.NegativeInfinity),
            SurfaceParameter.Float("max", "the largest result, not below min", double.PositiveInfinity),
        ],
        Build = call => Of(call.Tensor("x"), call.Float("min"), call.Float("max"), passesOnBounds: true, call.Method),
        Samples = [new Sample([4, 9]).With("min", -0.7).With("max", 1.1), new Sample([7]).With("max", 0.5)],
        PyTorch = "torch.clamp",
    };

    public double Min { get; } = min;
    public double Max { get; } = max;
    public bool PassesOnBounds { get; } = passesOnBounds;
    public override string Name => "clamp";
    public override string Spelling => "Clamp";
    public override string Attributes => string.Format(CultureInfo.InvariantCulture, "{0:R} {1:R}{2}", Min, Max, PassesOnBounds ? "" : " open");
    public override bool IsNondecreasing => Min <= Max;

    public static Node Of(Node x, double min, double max, bool passesOnBounds, string method)
    {
        if (!(min <= max)) throw new ModelException(Rules.Argument, string.Format(CultureInfo.InvariantCulture,
            "'{0}' needs a 'min' that is not above its 'max', but was given {1} and {2}.", method, min, max)) { Argument = "min" };
        return x.Graph.Add(new Clamp(min, max, passesOnBounds), x);
    }

    // The constants come first, so that a NaN goes through.
    public override Scalar Forward(Scalar x) => Scalar.Min(Max, Scalar.Max(Min, x));

    public override Node Gradient(Vjp vjp)
    {
        Node x = vjp.X, min = vjp.Graph.Constant(Min, x.DType), max = vjp.Graph.Constant(Max, x.DType);
        var inside = PassesOnBounds ? GreaterOrEqual.Of(x, min) * LessOrEqual.Of(x, max) : Greater.Of(x, min) * Less.Of(x, max);
        return Mask.Of(vjp.Dy, inside);
    }

    public override double Reference(double x) => x < Min ? Min : x > Max ? Max : x;
}
