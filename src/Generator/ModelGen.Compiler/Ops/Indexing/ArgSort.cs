namespace ModelGen.Compiler.Ops;

/// <summary>
/// y[..o.., i, ..n..] = the index along one axis of the element that comes at place i when each line is sorted, for the first <see cref="Count"/> places. Equal elements
/// stay in their order; a NaN is larger than all else.
/// </summary>
internal sealed class ArgSort(int axis, Dim count, bool descending) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "ArgSort",
        Summary = "The indices that sort x along an axis: x.Gather(axis, x.ArgSort(axis)) is in order. Equal elements stay in their order, and NaN is larger than all else. No gradient flows through them.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Int("axis", "the axis to sort along; negative ones count from the end", -1), SurfaceParameter.Bool("descending", "true for the largest first", false)],
        Results = [MethodResult.Integers],
        Build = call => Of(call.Tensor("x"), call.Axis("axis", call.Tensor("x")), call.Tensor("x").Shape[call.Axis("axis", call.Tensor("x"))], call.Bool("descending")),
        Samples = [new([3, 7]), new Sample([2, 5, 3]).With("axis", 1).With("descending", true), new([9])],
        PyTorch = "torch.argsort",
    };

    public int Axis { get; } = axis;
    public Dim Count { get; } = count;
    public bool Descending { get; } = descending;
    public override string Name => "argsort";
    public override string Attributes => $"axis={Axis} count={Count}{(Descending ? " descending" : "")}";

    public static Node Of(Node x, int axis, Dim count, bool descending) => x.Graph.Add(new ArgSort(axis, count, descending), x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(DType.Int32, inputs[0].Shape.With(Axis, Count));

    // Piecewise constant.
    public override void Backward(Vjp vjp) { }

    public override Dim? IndexLimit(Node y) => y.Inputs[0].Shape[Axis];

    public override TimeAxis? Follow(TimeFlow flow) => flow.X.Axis == Axis ? null : flow.X;

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        foreach (var (from, to) in AxisLines.Of(call[0].Shape, Axis).Zip(AxisLines.Of(y.Shape, Axis), (x, i) => (x, i)))
        {
            // OrderBy keeps the order of equal keys, in both directions.
            var places = Enumerable.Range(0, from.Length);
            var sorted = (Descending ? places.OrderByDescending(Key, NaNLast.Order) : places.OrderBy(Key, NaNLast.Order)).ToArray();
            for (int i = 0; i < to.Length; i++) y.Data[to[i]] = sorted[i];

            double Key(int place) => call[0].Data[from[place]];
        }
        return y;
    }

    public override KernelCall Kernel(Node y)
    {
        var x = y.Inputs[0].Shape;
        return new KernelCall
        {
            Method = "LineSort.Indices",
            Label = $"ArgSort {x[Axis]}",
            ShapeType = "SortShape",
            Options = [Descending ? "true" : "false"],
            Shape = [("Outer", x.Product(0, Axis)), ("Length", x[Axis]), ("Inner", x.Product(Axis + 1, x.Rank)), ("Count", Count)],
        };
    }

    sealed class NaNLast : IComparer<double>
    {
        public static readonly NaNLast Order = new();

        public int Compare(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? double.IsNaN(a).CompareTo(double.IsNaN(b)) : a.CompareTo(b);
    }
}
