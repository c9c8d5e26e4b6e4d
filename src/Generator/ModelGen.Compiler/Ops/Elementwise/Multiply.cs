namespace ModelGen.Compiler.Ops;

/// <summary>y = a · b, with broadcasting.</summary>
internal sealed class Multiply : ElementwiseOp
{
    public static readonly Multiply Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Binary("operator *", "The elementwise product, with broadcasting.", Instance,
        new([3, 4], [3, 4]), new([2, 1, 5], [3, 1]), new([7], []), new([1], [4, 1]));

    public override string Name => "mul";

    public static Node Of(Node a, Node b) => a.Graph.Add(Instance, a, b);

    public override Scalar Forward(IReadOnlyList<Scalar> x) => x[0] * x[1];

    public override void Backward(Vjp vjp)
    {
        vjp.AddBroadcast(0, vjp.Dy * vjp.Input(1));
        vjp.AddBroadcast(1, vjp.Dy * vjp.Input(0));
    }

    public override double Reference(IReadOnlyList<double> x) => x[0] * x[1];
}
