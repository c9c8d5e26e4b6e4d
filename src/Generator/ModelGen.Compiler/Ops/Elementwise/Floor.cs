namespace ModelGen.Compiler.Ops;

/// <summary>y = the largest whole number that is not above x (piecewise constant: no gradient flows through it).</summary>
internal sealed class Floor : UnaryOp
{
    public static readonly Floor Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Floor", "The largest whole number that is not above x, elementwise. No gradient flows through it.", Instance, new Sample([4, 9]) { Low = -3.2, High = 3.2 }).As("torch.floor");

    public override string Name => "floor";
    public override string Spelling => "Floor";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Floor(x);

    public override Node? Gradient(Vjp vjp) => null;

    public override double Reference(double x) => Math.Floor(x);
}
