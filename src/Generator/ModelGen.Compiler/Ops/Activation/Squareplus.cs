namespace ModelGen.Compiler.Ops;

/// <summary>y = (x + √(x² + 4)) / 2   (squareplus, J. Barron 2021).</summary>
internal sealed class Squareplus : UnaryOp
{
    public static readonly Squareplus Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Squareplus", "(x + √(x² + 4)) / 2, elementwise: a smooth ReLU without an exponential.", Instance,
        new Sample([4, 9]) { Low = -5, High = 5 }, new Sample([2, 3, 5]));

    public override string Name => "squareplus";
    public override string Spelling => "Squareplus";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    // For negative x the sum would cancel; the quotient is the same.
    public override Scalar Forward(Scalar x)
    {
        var root = Scalar.Sqrt((x * x) + 4);
        return Scalar.Select(Scalar.Less(x, 0), 2 / (root - x), 0.5 * (x + root));
    }

    public override Node Gradient(Vjp vjp) => vjp.Dy * 0.5 * (1 + (vjp.X / Sqrt.Of(Square.Of(vjp.X) + 4)));

    public override double Reference(double x) => x < 0 ? 2 / (Math.Sqrt((x * x) + 4) - x) : (x + Math.Sqrt((x * x) + 4)) / 2;
}
