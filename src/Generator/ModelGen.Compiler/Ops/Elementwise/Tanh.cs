namespace ModelGen.Compiler.Ops;

/// <summary>y = tanh(x)   (hyperbolic tangent).</summary>
internal sealed class Tanh : UnaryOp
{
    public static readonly Tanh Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Tanh", "The hyperbolic tangent, elementwise.", Instance, new Sample([4, 9]), new Sample([2, 3, 5])).As("torch.tanh");

    public override string Name => "tanh";
    public override string Spelling => "Tanh";
    public override bool IsNondecreasing => true;

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Tanh(x);

    public override Node Gradient(Vjp vjp) => vjp.Dy * (1 - (vjp.Y * vjp.Y));

    public override double Reference(double x) => x < 0 ? -Reference(-x) : 1 - (2 / (Math.Exp(2 * x) + 1));
}
