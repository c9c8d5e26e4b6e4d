namespace ModelGen.Compiler.Ops;

/// <summary>
/// y = condition != 0 ? a : b, with broadcasting. What is not chosen does not count, in the gradient too: its infinities and NaN stay where they are.
/// </summary>
internal sealed class Where : ElementwiseOp
{
    public static readonly Where Instance = new();

    public static readonly TensorMethod Method = new()
    {
        Name = "Where",
        Summary = "a where the condition is not 0, b where it is, with broadcasting. Each element of the gradient goes to the tensor that was chosen.",
        IsStatic = true,
        TakesNumbers = true,
        Parameters =
        [
            SurfaceParameter.Tensor("condition", "what decides: 0 is false, everything else is true"), SurfaceParameter.Tensor("a", "the elements where the condition holds"),
            SurfaceParameter.Tensor("b", "the elements where it does not"),
        ],
        Build = call => Of(call.Tensor("condition"), call.Tensor("a"), call.Tensor("b")),
        Samples = [new([3, 4], [3, 4], [3, 4]) { Grid = 1 }, new([2, 1, 5], [3, 1], [5]) { Grid = 1 }],
        PyTorch = "torch.where",
    };

    public override string Name => "where";
    public override string Spelling => "Where";

    public static Node Of(Node condition, Node a, Node b) => condition.Graph.Add(Instance, condition, a, b);

    public override Scalar Forward(IReadOnlyList<Scalar> x) => Scalar.Select(Scalar.Equal(x[0], 0), x[2], x[1]);

    // Piecewise constant in the condition.
    public override void Backward(Vjp vjp)
    {
        var zero = vjp.Graph.Constant(0, vjp.Dy.DType);
        vjp.AddBroadcast(1, Of(vjp.Input(0), vjp.Dy, zero));
        vjp.AddBroadcast(2, Of(vjp.Input(0), zero, vjp.Dy));
    }

    public override double Reference(IReadOnlyList<double> x, int coordinate) => x[0] != 0 ? x[1] : x[2];
}
