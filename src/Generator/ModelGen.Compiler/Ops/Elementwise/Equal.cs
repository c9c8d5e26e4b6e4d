namespace ModelGen.Compiler.Ops;

/// <summary>y = a == b ? 1 : 0, with broadcasting (no gradient flows through it).</summary>
internal sealed class Equal : BinaryOp
{
    public static readonly Equal Instance = new();

    public override string Name => "equal";

    public static Node Of(Node a, Node b) => a.Graph.Add(Instance, a, b);

    public override Scalar Forward(Scalar a, Scalar b) => Scalar.Select(Scalar.Equal(a, b), 1, 0);

    public override void Backward(Vjp vjp) { }

    public override double Reference(double a, double b) => a == b ? 1 : 0;
}
