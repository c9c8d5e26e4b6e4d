namespace ModelGen.Compiler.Ops;

/// <summary>y = x · Φ(x), where Φ(x) = ½ (1 + erf(x / √2)) is the normal distribution (Gaussian error linear unit).</summary>
internal sealed class Gelu : UnaryOp
{
    public static readonly Gelu Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Gelu", "x times the normal distribution function, elementwise: the exact GELU.", Instance, new Sample([4, 9]), new Sample([2, 3, 5])).As("torch.nn.functional.gelu");

    public override string Name => "gelu";
    public override string Spelling => "Gelu";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    const double InverseRootTwo = 0.70710678118654752;
    const double InverseRootTwoPi = 0.39894228040143268;

    public override Scalar Forward(Scalar x) => 0.5 * x * (1 + Scalar.Erf(x * InverseRootTwo));

    // dy/dx = Φ(x) + x φ(x)
    public override Node Gradient(Vjp vjp)
    {
        var x = vjp.X;
        var distribution = 0.5 * (1 + Erf.Of(x * InverseRootTwo));
        var density = Exp.Of(x * x * -0.5) * InverseRootTwoPi;
        return vjp.Dy * (distribution + (x * density));
    }

    public override double Reference(double x) => x * 0.5 * (1 + SpecialFunctions.Erf(x / Math.Sqrt(2)));
}
