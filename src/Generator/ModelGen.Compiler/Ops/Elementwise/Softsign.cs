namespace ModelGen.Compiler.Ops;

/// <summary>y = x / (1 + |x|)   (softsign).</summary>
internal sealed class Softsign : UnaryOp
{
    public static readonly Softsign Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Softsign", "x divided by 1 + |x|, elementwise.", Instance, new Sample([4, 9]), new Sample([2, 3, 5])).As("torch.nn.functional.softsign");

    public override string Name => "softsign";
    public override string Spelling => "Softsign";
    public override bool IsNondecreasing => true;

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => x / (1 + Scalar.Abs(x));

    public override Node Gradient(Vjp vjp) => vjp.Dy / Square.Of(1 + Abs.Of(vjp.X));

    public override double Reference(double x) => x / (1 + Math.Abs(x));
}
