namespace ModelGen.Compiler.Ops;

/// <summary>y = -x.</summary>
internal sealed class Negate : UnaryOp
{
    public static readonly Negate Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("operator -", "The elementwise negative.", Instance, new Sample([3, 5]), new Sample([[]])).As("torch.neg");

    public override string Name => "neg";
    public override string Spelling => "-";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => -x;

    public override Node Gradient(Vjp vjp) => -vjp.Dy;

    public override double Reference(double x) => -x;
}
