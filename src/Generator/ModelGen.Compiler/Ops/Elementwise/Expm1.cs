namespace ModelGen.Compiler.Ops;

/// <summary>y = eˣ - 1, exact for small x.</summary>
internal sealed class Expm1 : UnaryOp
{
    public static readonly Expm1 Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Expm1", "exp(x) - 1, elementwise, without loss for small x.", Instance, new Sample([4, 9]), new Sample([7]) { Low = -1e-3, High = 1e-3 }).As("torch.expm1");

    public override string Name => "expm1";
    public override string Spelling => "Expm1";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Expm1(x);

    public override Node Gradient(Vjp vjp) => vjp.Dy * (vjp.Y + 1);

    public override double Reference(double x) => SpecialFunctions.Expm1(x);
}
