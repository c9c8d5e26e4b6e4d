namespace ModelGen.Compiler.Ops;

/// <summary>y = a == b ? 1 : 0, with broadcasting (no gradient flows through it).</summary>
internal sealed class Equal : Comparison
{
    public static readonly Equal Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Binary("Equal", "1 where a equals b, 0 elsewhere, with broadcasting. No gradient flows through it.", Instance,
        new([3, 4], [3, 4]) { Grid = 1 }, new([2, 1, 5], [3, 1]) { Grid = 1 }).As("torch.eq");

    public override string Name => "equal";
    public override string Spelling => "Equal";

    public static Node Of(Node a, Node b) => a.Graph.Add(Instance, a, b);

    public override Scalar Forward(Scalar a, Scalar b) => Scalar.Select(Scalar.Equal(a, b), 1, 0);

    public override double Reference(double a, double b) => a == b ? 1 : 0;
}
