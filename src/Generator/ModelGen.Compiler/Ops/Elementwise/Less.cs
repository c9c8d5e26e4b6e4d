namespace ModelGen.Compiler.Ops;

/// <summary>y = a &lt; b ? 1 : 0, with broadcasting (no gradient flows through it).</summary>
internal sealed class Less : Comparison
{
    public static readonly Less Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Binary("Less", "1 where a is below b, 0 elsewhere, with broadcasting. No gradient flows through it.", Instance,
        new([3, 4], [3, 4]), new([2, 1, 5], [3, 1])).As("torch.lt");

    public static readonly TensorMethod Operator = TensorMethod.Binary("operator <", "1 where a is below b, 0 elsewhere, with broadcasting. No gradient flows through it.", Instance,
        new Sample([3, 4], [3, 4])).As("torch.lt");

    public override string Name => "less";
    public override string Spelling => "Less";

    public static Node Of(Node a, Node b) => a.Graph.Add(Instance, a, b);

    public override Scalar Forward(Scalar a, Scalar b) => Scalar.Select(Scalar.Less(a, b), 1, 0);

    public override double Reference(double a, double b) => a < b ? 1 : 0;
}
