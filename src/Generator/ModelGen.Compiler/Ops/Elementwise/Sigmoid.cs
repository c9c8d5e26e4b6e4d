namespace ModelGen.Compiler.Ops;

/// <summary>y = 1 / (1 + exp(-x))   (the logistic function).</summary>
internal sealed class Sigmoid : UnaryOp
{
    public static readonly Sigmoid Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Sigmoid", "1 / (1 + exp(-x)), elementwise.", Instance, new Sample([4, 9]), new Sample([2, 3, 5]), new Sample([6]) { Low = -40, High = 40 }).As("torch.sigmoid");

    public override string Name => "sigmoid";
    public override string Spelling => "Sigmoid";
    public override bool IsNondecreasing => true;

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Sigmoid(x);

    public override Node Gradient(Vjp vjp) => vjp.Dy * vjp.Y * (1 - vjp.Y);

    public override double Reference(double x)
    {
        // The exponential never overflows: its argument is not positive.
        double e = Math.Exp(-Math.Abs(x));
        return x < 0 ? e / (1 + e) : 1 / (1 + e);
    }
}
