namespace ModelGen.Compiler.Ops;

/// <summary>y = max(0, x)   (rectified linear unit). The gradient at 0 is 0, as in PyTorch.</summary>
internal sealed class Relu : UnaryOp
{
    public static readonly Relu Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Relu", "max(0, x), elementwise.", Instance, new Sample([4, 9]), new Sample([2, 3, 5])).As("torch.relu");

    public override string Name => "relu";
    public override string Spelling => "Relu";
    public override bool IsNondecreasing => true;

    // The constant first: a NaN in x goes through.
    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Max(0, x);

    // y > 0 exactly where x > 0, and y is the value that is kept.
    public override Node Gradient(Vjp vjp) => Mask.Of(vjp.Dy, vjp.Y);

    public override double Reference(double x) => x > 0 || double.IsNaN(x) ? x : 0;
}
