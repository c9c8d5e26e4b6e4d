namespace ModelGen.Compiler.Ops;

/// <summary>y = (eˣ + e⁻ˣ) / 2.</summary>
internal sealed class Cosh : UnaryOp
{
    public static readonly Cosh Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Cosh", "The hyperbolic cosine, elementwise.", Instance, new Sample([4, 9]), new Sample([2, 3, 5])).As("torch.cosh");

    public override string Name => "cosh";
    public override string Spelling => "Cosh";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => 0.5 * (Scalar.Exp(x) + Scalar.Exp(-x));

    public override Node Gradient(Vjp vjp) => vjp.Dy * Sinh.Of(vjp.X);

    public override double Reference(double x) => Math.Cosh(x);
}
