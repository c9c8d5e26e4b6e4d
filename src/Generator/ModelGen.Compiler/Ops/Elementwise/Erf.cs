namespace ModelGen.Compiler.Ops;

/// <summary>y = erf(x) = 2/√π ∫₀ˣ exp(-t²) dt   (the error function).</summary>
internal sealed class Erf : UnaryOp
{
    public static readonly Erf Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Erf", "The error function 2/√π ∫₀ˣ exp(-t²) dt, elementwise.", Instance, new Sample([4, 9]), new Sample([7]) { Low = -5, High = 5 }).As("torch.erf");

    const double TwoOverRootPi = 1.1283791670955126;

    public override string Name => "erf";
    public override string Spelling => "Erf";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Erf(x);

    public override Node Gradient(Vjp vjp) => vjp.Dy * (TwoOverRootPi * Exp.Of(-(vjp.X * vjp.X)));

    public override double Reference(double x) => SpecialFunctions.Erf(x);
}
