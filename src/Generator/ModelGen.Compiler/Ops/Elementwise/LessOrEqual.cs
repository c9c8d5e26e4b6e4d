namespace ModelGen.Compiler.Ops;

/// <summary>y = a &lt;= b ? 1 : 0, with broadcasting (no gradient flows through it).</summary>
internal sealed class LessOrEqual : Comparison
{
    public static readonly LessOrEqual Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Binary("LessOrEqual", "1 where a is not above b, 0 elsewhere, with broadcasting. No gradient flows through it.", Instance,
        new([3, 4], [3, 4]), new([2, 1, 5], [3, 1])).As("torch.le");

    public static readonly TensorMethod Operator = TensorMethod.Binary("operator <=", "1 where a is not above b, 0 elsewhere, with broadcasting. No gradient flows through it.", Instance,
        new Sample([3, 4], [3, 4])).As("torch.le");

    public override string Name => "less_or_equal";
    public override string Spelling => "LessOrEqual";

    public static Node Of(Node a, Node b) => a.Graph.Add(Instance, a, b);

    public override Scalar Forward(Scalar a, Scalar b) => Scalar.Select(Scalar.LessOrEqual(a, b), 1, 0);

    public override double Reference(double a, double b) => a <= b ? 1 : 0;
}
