namespace ModelGen.Compiler.Ops;

/// <summary>y = erf(x) = 2/√π ∫₀ˣ exp(-t²) dt   (the error function).</summary>
internal sealed class Erf : UnaryOp
{
    public static readonly Erf Instance = new();

    const double TwoOverRootPi = 1.1283791670955126;

    public override string Name => "erf";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Erf(x);

    public override Node Gradient(Vjp vjp) => vjp.Dy * (TwoOverRootPi * Exp.Of(-(vjp.X * vjp.X)));

    public override double Reference(double x) => SpecialFunctions.Erf(x);
}
