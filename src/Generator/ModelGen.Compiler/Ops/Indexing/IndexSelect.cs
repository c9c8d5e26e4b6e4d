namespace ModelGen.Compiler.Ops;

/// <summary>
/// y[..a.., i, ..b..] = x[..a.., index[i], ..b..]: the slices of x along one axis that integers name. The axis of x is replaced by all axes of
/// the index, which may be several (NumPy's take; an embedding is this along axis 0).
/// </summary>
internal sealed class IndexSelect(int axis) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "IndexSelect",
        Summary = "The slices along one axis that the integers name, in their order: [A, V, B] and an index [...] in 0..V-1 → [A, ..., B]. A slice may be named often; its gradients add up.",
        Parameters = [SurfaceParameter.Tensor("x", "what to select from"), SurfaceParameter.Int("axis", "the axis to select along; negative ones count from the end"), SurfaceParameter.IntTensor("index", "which slices, of any shape")],
        Build = call => Of(call.Tensor("x"), call.Tensor("index"), call.Axis("axis", call.Tensor("x"))),
        Samples =
        [
            new Sample([5, 3], [4]).With("axis", 0), new Sample([2, 5, 3], [2, 3]).With("axis", 1), new Sample([3, 4], [5]) { Classes = 4 }.With("axis", -1), new Sample([6, 17], []) { Classes = 6 }.With("axis", 0),
        ],
        PyTorch = "torch.index_select",
    };

    public int Axis { get; } = axis;
    public override string Name => "index_select";
    public override string Attributes => $"axis={Axis}";

    public static Node Of(Node x, Node index, int axis) => x.Graph.Add(new IndexSelect(axis), x, index);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var (x, index) = (inputs[0], inputs[1]);
        if (!x.DType.IsFloat() || index.DType != DType.Int32) throw new ModelException(Rules.ElementType,
            $"'IndexSelect' needs a floating-point tensor and integer indices, but was given {x} and {index}.");
        return new TensorType(x.DType, new Shape(x.Shape.Take(Axis).Concat(index.Shape).Concat(x.Shape.Skip(Axis + 1))));
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.Inputs switch
    {
        [null, { } index] => index with { Axis = Axis + index.Axis },
        [{ } x, null] when x.Axis != Axis => x.Axis < Axis ? x : x with { Axis = x.Axis + flow.Y.Inputs[1].Shape.Rank - 1 },
        _ => null,
    };

    // Linear in x: each dy goes back to where its slice came from.
    public override void Backward(Vjp vjp) => vjp.Add(0, IndexAdd.Of(vjp.Input(1), vjp.Dy, Axis, vjp.X.Shape[Axis]));

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        Visit(call[0].Shape, call[1], Axis, (from, to) => y.Data[to] = call[0].Data[from]);
        return y;
    }

    /// <summary>Every selected element once, by its positions in x and in y.</summary>
    internal static void Visit(int[] x, NdArray index, int axis, Action<int, int> pair)
    {
        int outer = NdArray.Count(x.Take(axis)), rows = x[axis], inner = NdArray.Count(x.Skip(axis + 1)), y = 0;
        for (int o = 0; o < outer; o++)
            foreach (double selected in index.Data)
                for (int i = 0; i < inner; i++) pair((((o * rows) + (int)selected) * inner) + i, y++);
    }

    public override (int Input, Dim Bound)? IndexBound(Node y) => (1, y.Inputs[0].Shape[Axis]);

    public override KernelCall Kernel(Node y) => Call("IndexSelect.Forward", "IndexSelect", y.Inputs[0].Shape, y.Inputs[1].Shape, Axis, epilogue: true);

    /// <summary>The call of one of the two kernels.</summary>
    internal static KernelCall Call(string method, string name, Shape x, Shape index, int axis, bool epilogue)
    {
        Dim outer = x.Product(0, axis), inner = x.Product(axis + 1, x.Rank);
        return new KernelCall
        {
            Method = method,
            Label = $"{name} {x[axis]}",
            ShapeType = "IndexShape",
            Shape = [("Outer", outer), ("Rows", x[axis]), ("Count", index.Elements), ("Inner", inner)],
            Epilogue = epilogue ? (Dim.One, outer * index.Elements, inner) : null,
        };
    }
}
