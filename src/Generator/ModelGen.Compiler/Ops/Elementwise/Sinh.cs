namespace ModelGen.Compiler.Ops;

/// <summary>y = (eˣ - e⁻ˣ) / 2, as the difference of two expm1: exact for small x.</summary>
internal sealed class Sinh : UnaryOp
{
    public static readonly Sinh Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Sinh", "The hyperbolic sine, elementwise.", Instance, new Sample([4, 9]), new Sample([2, 3, 5])).As("torch.sinh");

    public override string Name => "sinh";
    public override string Spelling => "Sinh";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => 0.5 * (Scalar.Expm1(x) - Scalar.Expm1(-x));

    public override Node Gradient(Vjp vjp) => vjp.Dy * Cosh.Of(vjp.X);

    public override double Reference(double x) => Math.Sinh(x);
}
