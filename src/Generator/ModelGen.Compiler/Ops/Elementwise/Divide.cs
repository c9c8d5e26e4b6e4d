namespace ModelGen.Compiler.Ops;

/// <summary>y = a / b, with broadcasting.</summary>
internal sealed class Divide : BinaryOp
{
    public static readonly Divide Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Binary("operator /", "The elementwise quotient, with broadcasting.", Instance,
        new([3, 4], [3, 4]) { Low = 0.5 }, new([2, 1, 5], [3, 1]) { Low = 0.5 }, new([7], []) { Low = -2, High = -0.5 }).As("torch.div");

    public override string Name => "div";
    public override string Spelling => "/";

    public static Node Of(Node a, Node b) => a.Graph.Add(Instance, a, b);

    public override Scalar Forward(Scalar a, Scalar b) => a / b;

    public override void Backward(Vjp vjp)
    {
        vjp.AddBroadcast(0, vjp.Dy / vjp.Input(1));
        vjp.AddBroadcast(1, -(vjp.Dy * vjp.Y / vjp.Input(1)));
    }

    public override double Reference(double a, double b) => a / b;
}
