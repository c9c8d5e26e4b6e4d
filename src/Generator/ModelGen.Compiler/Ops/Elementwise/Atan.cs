namespace ModelGen.Compiler.Ops;

/// <summary>y = arctan x in (-π/2, π/2).</summary>
internal sealed class Atan : UnaryOp
{
    public static readonly Atan Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Atan", "The inverse tangent in (-π/2, π/2), elementwise.", Instance, new Sample([4, 9]), new Sample([2, 3, 5]) { Low = -30, High = 30 }).As("torch.atan");

    public override string Name => "atan";
    public override string Spelling => "Atan";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Atan(x);

    public override Node Gradient(Vjp vjp) => vjp.Dy / (1 + Square.Of(vjp.X));

    public override double Reference(double x) => Math.Atan(x);
}
