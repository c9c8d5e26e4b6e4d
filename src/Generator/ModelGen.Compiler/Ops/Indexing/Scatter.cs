namespace ModelGen.Compiler.Ops;

/// <summary>
/// y = x, except y[..o.., index[..o.., i, ..n..], ..n..] = source[..o.., i, ..n..]: elements put where integers say along one axis. Where several are put at one place,
/// the last one stays.
/// </summary>
internal sealed class Scatter(int axis) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Scatter",
        Summary = "x with elements of source put where integers say: x [A, V, B], an index [A, I, B] in 0..V-1 and a source [A, I, B] → [A, V, B]. Of several for one place the last one stays, and has its gradient.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "what is changed in some places"), SurfaceParameter.Int("axis", "the axis that the integers are indices of; negative ones count from the end"),
            SurfaceParameter.IntTensor("index", "where each element of the source goes; all sizes but that of the axis are those of x"), SurfaceParameter.Tensor("source", "what is put there, of the index's shape"),
        ],
        Build = call =>
        {
            var (x, index, source) = (call.Tensor("x"), call.Tensor("index"), call.Tensor("source"));
            return Of(x, index, source, call.Axis("axis", x));
        },
        Samples =
        [
            new Sample([4, 5], [4, 1], [4, 1]).With("axis", 1), new Sample([2, 5, 17], [2, 1, 17], [2, 1, 17]).With("axis", -2), new Sample([9], [1], [1]) { Classes = 9 }.With("axis", 0),
        ],
        PyTorch = "torch.scatter",
    };

    public int Axis { get; } = axis;
    public override string Name => "scatter";
    public override string Attributes => $"axis={Axis}";

    public static Node Of(Node x, Node index, Node source, int axis) => x.Graph.Add(new Scatter(axis), x, index, source);

    /// <summary>What scattering asks of its arguments.</summary>
    public static void Require(string method, int axis, TensorType x, TensorType index, TensorType source)
    {
        if (index.Shape.Rank != x.Shape.Rank || index.Shape.With(axis, Dim.One) != x.Shape.With(axis, Dim.One)) throw new ModelException(Rules.SameShape,
            $"'{method}' along axis {axis} of {x.Shape} was given the index {index.Shape}: all sizes but that of axis {axis} must be equal.");
        if (source.Shape != index.Shape) throw new ModelException(Rules.SameShape,
            $"'{method}' needs one element of its source for each index, but was given the source {source.Shape} and the index {index.Shape}.") { Argument = "source" };
    }

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        Require("Scatter", Axis, inputs[0], inputs[1], inputs[2]);
        return inputs[0];
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.Beside(Axis);

    // Nothing flows to what was overwritten: in x, and in the source where a later element has the same index.
    public override void Backward(Vjp vjp)
    {
        Node index = vjp.Input(1), zero = vjp.Graph.Constant(0, vjp.Dy.DType);
        vjp.Add(0, Of(vjp.Dy, index, BroadcastTo.Of(zero, index.Shape), Axis));
        var sizes = index.Shape.Select((d, i) => i == Axis ? d : Dim.One);
        var number = BroadcastTo.Of(Reshape.Of(Arange.Of(vjp.Graph, index.Shape[Axis], vjp.Dy.DType), new Shape(sizes)), index.Shape);
        var stays = Gather.Of(Of(BroadcastTo.Of(zero, vjp.X.Shape), index, number, Axis), index, Axis);
        vjp.Add(2, Gather.Of(vjp.Dy, index, Axis) * Equal.Of(stays, number));
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape, (double[])call[0].Data.Clone());
        Gather.Visit(y, call[1], Axis, (to, from) => y.Data[to] = call[2].Data[from]);
        return y;
    }

    public override (int Input, Dim Bound)? IndexBound(Node y) => (1, y.Inputs[0].Shape[Axis]);

    public override KernelCall Kernel(Node y) => Gather.Call("Gather.Scatter", "Scatter", y.Shape, y.Inputs[1].Shape, Axis);
}
