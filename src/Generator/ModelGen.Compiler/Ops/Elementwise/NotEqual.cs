namespace ModelGen.Compiler.Ops;

/// <summary>y = a != b ? 1 : 0, with broadcasting; NaN differs from everything (no gradient flows through it).</summary>
internal sealed class NotEqual : Comparison
{
    public static readonly NotEqual Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Binary("NotEqual", "1 where a differs from b, 0 elsewhere, with broadcasting. No gradient flows through it.", Instance,
        new([3, 4], [3, 4]) { Grid = 1 }, new([2, 1, 5], [3, 1]) { Grid = 1 }).As("torch.ne");

    public override string Name => "not_equal";
    public override string Spelling => "NotEqual";

    public static Node Of(Node a, Node b) => a.Graph.Add(Instance, a, b);

    public override Scalar Forward(Scalar a, Scalar b) => Scalar.Select(Scalar.Equal(a, b), 0, 1);

    public override double Reference(double a, double b) => a != b ? 1 : 0;
}
