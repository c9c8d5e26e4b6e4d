namespace ModelGen.Compiler.Ops;

/// <summary>y = the index of the first largest element along an axis, or of the first smallest one. A NaN counts as larger, and as smaller, than all else.</summary>
internal sealed class ArgMax(int axis, bool smallest) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "ArgMax",
        Summary = "The index of the first largest element along an axis, as an integer; that axis disappears. No gradient flows through it.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Int("axis", "the axis to search; negative ones count from the end", -1)],
        Results = [MethodResult.Integers],
        Build = call => Of(call.Tensor("x"), call.Axis("axis", call.Tensor("x")), smallest: false),
        Samples = [new([3, 7]), new Sample([2, 5, 3]).With("axis", 1), new([6])],
        PyTorch = "torch.argmax",
    };

    public int Axis { get; } = axis;
    public bool Smallest { get; } = smallest;
    public override string Name => Smallest ? "argmin" : "argmax";
    public override string Attributes => $"axis={Axis}";

    public static Node Of(Node x, int axis, bool smallest) => x.Graph.Add(new ArgMax(axis, smallest), x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(DType.Int32, new Shape(inputs[0].Shape.Where((_, i) => i != Axis)));

    // Piecewise constant.
    public override void Backward(Vjp vjp) { }

    public override Dim? IndexLimit(Node y) => y.Inputs[0].Shape[Axis];

    public override TimeAxis? Follow(TimeFlow flow) => flow.X.Axis == Axis ? null : flow.X with { Axis = flow.X.Axis < Axis ? flow.X.Axis : flow.X.Axis - 1 };

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        int n = 0;
        foreach (var line in AxisLines.Of(call[0].Shape, Axis))
        {
            var values = line.Select(i => Smallest ? -call[0].Data[i] : call[0].Data[i]).ToArray();
            int nan = Array.FindIndex(values, double.IsNaN);
            y.Data[n++] = nan >= 0 ? nan : Array.IndexOf(values, values.Max());
        }
        return y;
    }

    public override KernelCall Kernel(Node y)
    {
        var x = y.Inputs[0].Shape;
        return new KernelCall
        {
            Method = "Integers.IndexOfLargest",
            Label = $"{(Smallest ? "ArgMin" : "ArgMax")} {x[Axis]}",
            ShapeType = "LineShape",
            Options = [Smallest ? "true" : "false"],
            Shape = [("Outer", x.Product(0, Axis)), ("Length", x[Axis]), ("Inner", x.Product(Axis + 1, x.Rank))],
        };
    }
}
