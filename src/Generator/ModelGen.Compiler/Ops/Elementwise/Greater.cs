namespace ModelGen.Compiler.Ops;

/// <summary>y = a &gt; b ? 1 : 0, with broadcasting (no gradient flows through it).</summary>
internal sealed class Greater : Comparison
{
    public static readonly Greater Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Binary("Greater", "1 where a is above b, 0 elsewhere, with broadcasting. No gradient flows through it.", Instance,
        new([3, 4], [3, 4]), new([2, 1, 5], [3, 1])).As("torch.gt");

    public static readonly TensorMethod Operator = TensorMethod.Binary("operator >", "1 where a is above b, 0 elsewhere, with broadcasting. No gradient flows through it.", Instance,
        new Sample([3, 4], [3, 4])).As("torch.gt");

    public override string Name => "greater";
    public override string Spelling => "Greater";

    public static Node Of(Node a, Node b) => a.Graph.Add(Instance, a, b);

    public override Scalar Forward(Scalar a, Scalar b) => Scalar.Select(Scalar.Greater(a, b), 1, 0);

    public override double Reference(double a, double b) => a > b ? 1 : 0;
}
