namespace ModelGen.Compiler.Ops;

/// <summary>y = -1, 0 or 1 as x is negative, zero or positive (no gradient flows through it).</summary>
internal sealed class Sign : UnaryOp
{
    public static readonly Sign Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Sign", "-1, 0 or 1 as x is negative, zero or positive, elementwise. No gradient flows through it.", Instance, new Sample([4, 9])).As("torch.sign");

    public override string Name => "sign";
    public override string Spelling => "Sign";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Select(Scalar.Greater(x, 0), 1, Scalar.Select(Scalar.Less(x, 0), -1, 0));

    public override Node? Gradient(Vjp vjp) => null;

    public override double Reference(double x) => double.IsNaN(x) ? 0 : Math.Sign(x);
}
