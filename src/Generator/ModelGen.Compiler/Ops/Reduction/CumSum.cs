namespace ModelGen.Compiler.Ops;

/// <summary>y[i] = x[0] + ... + x[i] along one axis; reversed, y[i] = x[i] + ... + x[n - 1]: each is the other's gradient.</summary>
internal sealed class CumSum(int axis, bool reverse) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "CumSum",
        Summary = "The running sum along an axis: x[0], x[0] + x[1], ...",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Int("axis", "the axis to sum along; negative ones count from the end", -1)],
        Build = call => Of(call.Tensor("x"), call.Axis("axis", call.Tensor("x")), reverse: false),
        Samples = [new([3, 7]), new Sample([2, 5, 17]).With("axis", 1)],
        PyTorch = "torch.cumsum",
    };

    public int Axis { get; } = axis;
    public bool Reverse { get; } = reverse;
    public override string Name => "cumsum";
    public override string Attributes => $"axis={Axis}{(Reverse ? " reverse" : "")}";

    public static Node Of(Node x, int axis, bool reverse) => x.Graph.Add(new CumSum(axis, reverse), x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => inputs[0];

    public override TimeAxis? Follow(TimeFlow flow) => flow.Beside(Axis);

    public override void Backward(Vjp vjp) => vjp.Add(0, Of(vjp.Dy, Axis, !Reverse));

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        foreach (var line in AxisLines.Of(call[0].Shape, Axis))
        {
            double total = 0;
            foreach (int i in Reverse ? line.Reverse() : line) y.Data[i] = total += call[0].Data[i];
        }
        return y;
    }

    public override KernelCall Kernel(Node y) => new()
    {
        Method = "CumulativeSum.Run",
        Label = "CumSum",
        ShapeType = "LineShape",
        Options = [Reverse ? "true" : "false"],
        Shape = [("Outer", y.Shape.Product(0, Axis)), ("Length", y.Shape[Axis]), ("Inner", y.Shape.Product(Axis + 1, y.Shape.Rank))],
    };
}
