namespace ModelGen.Compiler.Ops;

/// <summary>y = arccos x in [0, π], as 2 atan(√((1 - x) / (1 + x))); NaN outside [-1, 1].</summary>
internal sealed class Acos : UnaryOp
{
    public static readonly Acos Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Acos", "The inverse cosine in [0, π], elementwise; NaN outside [-1, 1].", Instance, new Sample([4, 9]) { Low = -0.9, High = 0.9 }).As("torch.acos");

    public override string Name => "acos";
    public override string Spelling => "Acos";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => 2 * Scalar.Atan(Scalar.Sqrt((1 - x) / (1 + x)));

    public override Node Gradient(Vjp vjp) => -(vjp.Dy / Sqrt.Of((1 - vjp.X) * (1 + vjp.X)));

    public override double Reference(double x) => Math.Acos(x);
}
