namespace ModelGen.Compiler.Ops;

/// <summary>y = cos(x), x in radians.</summary>
internal sealed class Cos : UnaryOp
{
    public static readonly Cos Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Cos", "The cosine of an angle in radians, elementwise.", Instance, new Sample([4, 9]), new Sample([2, 3, 5]), new Sample([7]) { Low = -20, High = 20 }).As("torch.cos");

    public override string Name => "cos";
    public override string Spelling => "Cos";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Cos(x);

    public override Node Gradient(Vjp vjp) => -(vjp.Dy * Sin.Of(vjp.X));

    public override double Reference(double x) => Math.Cos(x);
}
