namespace ModelGen.Compiler.Ops;

/// <summary>y = ln(x).</summary>
internal sealed class Log : UnaryOp
{
    public static readonly Log Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Log", "The natural logarithm, elementwise.", Instance, new Sample([4, 9]) { Low = 0.2 }, new Sample([2, 3, 5]) { Low = 0.5, High = 20 }).As("torch.log");

    public override string Name => "log";
    public override string Spelling => "Log";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Log(x);

    public override Node Gradient(Vjp vjp) => vjp.Dy / vjp.X;

    public override double Reference(double x) => Math.Log(x);
}
