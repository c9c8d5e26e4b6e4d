namespace ModelGen.Compiler.Ops;

/// <summary>y = ln(1 + exp(x)), as max(0, x) + log1p(exp(-|x|)): exact for large |x|.</summary>
internal sealed class Softplus : UnaryOp
{
    public static readonly Softplus Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Softplus", "ln(1 + exp(x)), elementwise: a smooth ReLU.", Instance, new Sample([4, 9]), new Sample([2, 3, 5]), new Sample([6]) { Low = -60, High = 60 }).As("torch.nn.functional.softplus");

    public override string Name => "softplus";
    public override string Spelling => "Softplus";
    public override bool IsNondecreasing => true;

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Max(0, x) + Scalar.Log1p(Scalar.Exp(-Scalar.Abs(x)));

    public override Node Gradient(Vjp vjp) => vjp.Dy * Sigmoid.Of(vjp.X);

    public override double Reference(double x)
    {
        if (x > 30) return x + Math.Exp(-x);
        if (x < -30) return Math.Exp(x);
        return Math.Log(1 + Math.Exp(x));
    }
}
