namespace ModelGen.Compiler.Ops;

/// <summary>y = a &gt;= b ? 1 : 0, with broadcasting (no gradient flows through it).</summary>
internal sealed class GreaterOrEqual : Comparison
{
    public static readonly GreaterOrEqual Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Binary("GreaterOrEqual", "1 where a is not below b, 0 elsewhere, with broadcasting. No gradient flows through it.", Instance,
        new([3, 4], [3, 4]), new([2, 1, 5], [3, 1])).As("torch.ge");

    public static readonly TensorMethod Operator = TensorMethod.Binary("operator >=", "1 where a is not below b, 0 elsewhere, with broadcasting. No gradient flows through it.", Instance,
        new Sample([3, 4], [3, 4])).As("torch.ge");

    public override string Name => "greater_or_equal";
    public override string Spelling => "GreaterOrEqual";

    public static Node Of(Node a, Node b) => a.Graph.Add(Instance, a, b);

    public override Scalar Forward(Scalar a, Scalar b) => Scalar.Select(Scalar.GreaterOrEqual(a, b), 1, 0);

    public override double Reference(double a, double b) => a >= b ? 1 : 0;
}
