namespace ModelGen.Compiler.Ops;

/// <summary>y = a · b, with broadcasting.</summary>
internal sealed class Multiply : BinaryOp
{
    public static readonly Multiply Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Binary("operator *", "The elementwise product, with broadcasting.", Instance,
        new([3, 4], [3, 4]), new([2, 1, 5], [3, 1]), new([7], []), new([1], [4, 1])).As("torch.mul");

    public override string Name => "mul";
    public override string Spelling => "*";

    public static Node Of(Node a, Node b) => a.Graph.Add(Instance, a, b);

    public override Scalar Forward(Scalar a, Scalar b) => a * b;

    public override void Backward(Vjp vjp)
    {
        vjp.AddBroadcast(0, vjp.Dy * vjp.Input(1));
        vjp.AddBroadcast(1, vjp.Dy * vjp.Input(0));
    }

    public override double Reference(double a, double b) => a * b;
}
