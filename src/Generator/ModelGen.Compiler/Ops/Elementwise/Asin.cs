namespace ModelGen.Compiler.Ops;

/// <summary>y = arcsin x in [-π/2, π/2], as atan(x / √((1 - x)(1 + x))); NaN outside [-1, 1].</summary>
internal sealed class Asin : UnaryOp
{
    public static readonly Asin Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Asin", "The inverse sine in [-π/2, π/2], elementwise; NaN outside [-1, 1].", Instance, new Sample([4, 9]) { Low = -0.9, High = 0.9 }).As("torch.asin");

    public override string Name => "asin";
    public override string Spelling => "Asin";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Atan(x / Scalar.Sqrt((1 - x) * (1 + x)));

    public override Node Gradient(Vjp vjp) => vjp.Dy / Sqrt.Of((1 - vjp.X) * (1 + vjp.X));

    public override double Reference(double x) => Math.Asin(x);
}
