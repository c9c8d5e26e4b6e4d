namespace ModelGen.Compiler.Ops;

/// <summary>y = the smaller of a and b, with broadcasting. Where they are equal each gets half of the gradient, as in PyTorch.</summary>
internal sealed class Minimum : BinaryOp
{
    public static readonly Minimum Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Binary("Minimum", "The smaller of two elements, with broadcasting.", Instance,
        new([3, 4], [3, 4]), new([2, 1, 5], [3, 1]), new([7], [])).As("torch.minimum");

    public override string Name => "minimum";
    public override string Spelling => "Minimum";

    public static Node Of(Node a, Node b) => a.Graph.Add(Instance, a, b);

    // The hardware's Min gives b when either is NaN; a NaN in a must come through as well.
    public override Scalar Forward(Scalar a, Scalar b) => Scalar.Select(Scalar.Equal(a, a), Scalar.Min(a, b), a);

    public override void Backward(Vjp vjp)
    {
        vjp.AddBroadcast(0, vjp.Dy * Heaviside.Of(vjp.Input(1) - vjp.Input(0), atZero: 0.5));
        vjp.AddBroadcast(1, vjp.Dy * Heaviside.Of(vjp.Input(0) - vjp.Input(1), atZero: 0.5));
    }

    public override double Reference(double a, double b) => double.IsNaN(a) || a < b ? a : b;
}
