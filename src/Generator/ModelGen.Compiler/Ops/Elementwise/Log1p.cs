namespace ModelGen.Compiler.Ops;

/// <summary>y = ln(1 + x), exact for small x.</summary>
internal sealed class Log1p : UnaryOp
{
    public static readonly Log1p Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Log1p", "ln(1 + x), elementwise, without loss for small x.", Instance, new Sample([4, 9]) { Low = -0.8 }, new Sample([7]) { Low = -1e-3, High = 1e-3 }).As("torch.log1p");

    public override string Name => "log1p";
    public override string Spelling => "Log1p";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Select(Scalar.Less(x, double.PositiveInfinity), Scalar.Log1p(x), x);

    public override Node Gradient(Vjp vjp) => vjp.Dy / (1 + vjp.X);

    public override double Reference(double x) => SpecialFunctions.Log1p(x);
}
