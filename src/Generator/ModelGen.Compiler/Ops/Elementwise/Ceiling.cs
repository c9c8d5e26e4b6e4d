namespace ModelGen.Compiler.Ops;

/// <summary>y = the smallest whole number that is not below x (piecewise constant: no gradient flows through it).</summary>
internal sealed class Ceiling : UnaryOp
{
    public static readonly Ceiling Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Ceiling", "The smallest whole number that is not below x, elementwise. No gradient flows through it.", Instance, new Sample([4, 9]) { Low = -3.2, High = 3.2 }).As("torch.ceil");

    public override string Name => "ceiling";
    public override string Spelling => "Ceiling";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => -Scalar.Floor(-x);

    public override Node? Gradient(Vjp vjp) => null;

    public override double Reference(double x) => Math.Ceiling(x);
}
