namespace ModelGen.Compiler.Ops;

/// <summary>y = sin(x), x in radians.</summary>
internal sealed class Sin : UnaryOp
{
    public static readonly Sin Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Sin", "The sine of an angle in radians, elementwise.", Instance, new Sample([4, 9]), new Sample([2, 3, 5]), new Sample([7]) { Low = -20, High = 20 }).As("torch.sin");

    public override string Name => "sin";
    public override string Spelling => "Sin";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Sin(x);

    public override Node Gradient(Vjp vjp) => vjp.Dy * Cos.Of(vjp.X);

    public override double Reference(double x) => Math.Sin(x);
}
