namespace ModelGen.Compiler.Ops;

/// <summary>y = |x|. The gradient at 0 is 0, as in PyTorch.</summary>
internal sealed class Abs : UnaryOp
{
    public static readonly Abs Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Abs", "The absolute value, elementwise.", Instance, new Sample([4, 9]), new Sample([2, 3, 5])).As("torch.abs");

    public override string Name => "abs";
    public override string Spelling => "Abs";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Abs(x);

    public override Node Gradient(Vjp vjp) => vjp.Dy * Sign.Of(vjp.X);

    public override double Reference(double x) => x < 0 ? -x : x == 0 ? 0 : x;
}
