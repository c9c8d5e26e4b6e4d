namespace ModelGen.Compiler.Ops;

/// <summary>y = the nearest whole number, halves to the even one (piecewise constant: no gradient flows through it).</summary>
internal sealed class Round : UnaryOp
{
    public static readonly Round Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Round", "The nearest whole number, elementwise; halves go to the even one. No gradient flows through it.", Instance, new Sample([4, 9]) { Low = -3.2, High = 3.2 }).As("torch.round");

    public override string Name => "round";
    public override string Spelling => "Round";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Round(x);

    public override Node? Gradient(Vjp vjp) => null;

    public override double Reference(double x) => Math.Round(x, MidpointRounding.ToEven);
}
