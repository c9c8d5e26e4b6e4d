namespace ModelGen.Compiler.Ops;

/// <summary>y = √x. The gradient at 0 is infinite, as in PyTorch.</summary>
internal sealed class Sqrt : UnaryOp
{
    public static readonly Sqrt Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Sqrt", "The square root, elementwise.", Instance, new Sample([4, 9]) { Low = 0.2 }, new Sample([2, 3, 5]) { Low = 0.5, High = 20 }).As("torch.sqrt");

    public override string Name => "sqrt";
    public override string Spelling => "Sqrt";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Sqrt(x);

    public override Node Gradient(Vjp vjp) => vjp.Dy / (2 * vjp.Y);

    public override double Reference(double x) => Math.Sqrt(x);
}
