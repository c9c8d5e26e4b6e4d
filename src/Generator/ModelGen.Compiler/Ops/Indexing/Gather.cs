namespace ModelGen.Compiler.Ops;

/// <summary>
/// y[..o.., i, ..n..] = x[..o.., index[..o.., i, ..n..], ..n..]: at each place, the element of its line along one axis that an integer names.
/// </summary>
internal sealed class Gather(int axis) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Gather",
        Summary = "At each place, the element along one axis that an integer names: x [A, V, B] and an index [A, I, B] in 0..V-1 → [A, I, B]. An element may be named often; its gradients add up.",
        Parameters = [SurfaceParameter.Tensor("x", "what to select from"), SurfaceParameter.Int("axis", "the axis to select along; negative ones count from the end"), SurfaceParameter.IntTensor("index", "which elements; all sizes but that of the axis are those of x")],
        Build = call => Of(call.Tensor("x"), call.Tensor("index"), call.Axis("axis", call.Tensor("x"))),
        Samples =
        [
            new Sample([4, 5], [4, 1]).With("axis", 1), new Sample([5, 3], [2, 3]).With("axis", 0), new Sample([2, 5, 17], [2, 7, 17]).With("axis", -2), new Sample([6], [9]) { Classes = 6 }.With("axis", 0),
        ],
        PyTorch = "torch.gather",
    };

    public int Axis { get; } = axis;
    public override string Name => "gather";
    public override string Attributes => $"axis={Axis}";

    public static Node Of(Node x, Node index, int axis) => x.Graph.Add(new Gather(axis), x, index);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var (x, index) = (inputs[0], inputs[1]);
        if (!x.DType.IsFloat() || index.DType != DType.Int32) throw new ModelException(Rules.ElementType,
            $"'Gather' needs a floating-point tensor and integer indices, but was given {x} and {index}.");
        if (index.Shape.Rank != x.Shape.Rank || index.Shape.With(Axis, Dim.One) != x.Shape.With(Axis, Dim.One)) throw new ModelException(Rules.SameShape,
            $"'Gather' along axis {Axis} of {x.Shape} was given the index {index.Shape}: all sizes but that of axis {Axis} must be equal.");
        return new TensorType(x.DType, index.Shape);
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.Inputs is [{ } x, { } index] && x == index && x.Axis != Axis ? x : null;

    // Linear in x: each dy goes back to where its element came from.
    public override void Backward(Vjp vjp) => vjp.Add(0, ScatterAdd.Of(vjp.Input(1), vjp.Dy, Axis, vjp.X.Shape[Axis]));

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        Visit(call[0], call[1], Axis, (from, to) => y.Data[to] = call[0].Data[from]);
        return y;
    }

    /// <summary>Every gathered element once, by its positions in x and in y.</summary>
    internal static void Visit(NdArray x, NdArray index, int axis, Action<int, int> pair)
    {
        int n = 0;
        foreach (var place in index.Indices())
        {
            var source = (int[])place.Clone();
            source[axis] = (int)index.Data[n];
            pair(x.Offset(source), n++);
        }
    }

    public override (int Input, Dim Bound)? IndexBound(Node y) => (1, y.Inputs[0].Shape[Axis]);

    public override KernelCall Kernel(Node y) => Call("Gather.Forward", "Gather", y.Inputs[0].Shape, y.Shape, Axis);

    /// <summary>The call of one of the two kernels.</summary>
    internal static KernelCall Call(string method, string name, Shape x, Shape index, int axis) => new()
    {
        Method = method,
        Label = $"{name} {x[axis]}",
        ShapeType = "IndexShape",
        Shape = [("Outer", x.Product(0, axis)), ("Rows", x[axis]), ("Count", index[axis]), ("Inner", x.Product(axis + 1, x.Rank))],
    };
}
