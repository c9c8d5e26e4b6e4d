namespace ModelGen.Compiler.Ops;

/// <summary>y = exp(x).</summary>
internal sealed class Exp : UnaryOp
{
    public static readonly Exp Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Exp", "e to the power of x, elementwise.", Instance, new Sample([4, 9]), new Sample([2, 3, 5])).As("torch.exp");

    public override string Name => "exp";
    public override string Spelling => "Exp";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Exp(x);

    public override Node Gradient(Vjp vjp) => vjp.Dy * vjp.Y;

    public override double Reference(double x) => Math.Exp(x);
}
