namespace ModelGen.Compiler.Ops;

/// <summary>y = x · sigmoid(x)   (SiLU, also "swish").</summary>
internal sealed class Silu : UnaryOp
{
    public static readonly Silu Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Silu", "x times sigmoid(x), elementwise (also called swish).", Instance, new Sample([4, 9]), new Sample([2, 3, 5])).As("torch.nn.functional.silu");

    public override string Name => "silu";
    public override string Spelling => "Silu";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => x * Scalar.Sigmoid(x);

    public override Node Gradient(Vjp vjp)
    {
        var s = Sigmoid.Of(vjp.X);
        return vjp.Dy * (s * (1 + (vjp.X * (1 - s))));
    }

    public override double Reference(double x) => x / (1 + Math.Exp(-x));
}
