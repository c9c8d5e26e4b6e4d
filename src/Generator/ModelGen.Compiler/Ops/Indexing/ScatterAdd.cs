namespace ModelGen.Compiler.Ops;

/// <summary>
/// dx of <see cref="Gather"/>, and what scattering adds: dx[..o.., v, ..n..] = Σ dy[..o.., i, ..n..] over all i with index[..o.., i, ..n..] = v, in ascending order of i. Inputs
/// index and dy, both [A, I, B] → dx [A, V, B].
/// </summary>
internal sealed class ScatterAdd(int axis, Dim rows) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "ScatterAdd",
        Summary = "x with elements of source added where integers say: x [A, V, B], an index [A, I, B] in 0..V-1 and a source [A, I, B] → [A, V, B]. Several for one place add up, in their order.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "what is added to"), SurfaceParameter.Int("axis", "the axis that the integers are indices of; negative ones count from the end"),
            SurfaceParameter.IntTensor("index", "where each element of the source goes; all sizes but that of the axis are those of x"), SurfaceParameter.Tensor("source", "what is added, of the index's shape"),
        ],
        Build = call =>
        {
            var (x, index, source) = (call.Tensor("x"), call.Tensor("index"), call.Tensor("source"));
            int axis = call.Axis("axis", x);
            Scatter.Require("ScatterAdd", axis, x.Type, index.Type, source.Type);
            return x + Of(index, source, axis, x.Shape[axis]);
        },
        Samples =
        [
            new Sample([4, 5], [4, 3], [4, 3]).With("axis", 1), new Sample([2, 5, 17], [2, 7, 17], [2, 7, 17]).With("axis", -2), new Sample([6], [9], [9]) { Classes = 6 }.With("axis", 0),
        ],
        PyTorch = "torch.scatter_add",
    };

    public int Axis { get; } = axis;
    public Dim Rows { get; } = rows;
    public override string Name => "scatter_add";
    public override string Attributes => $"axis={Axis} rows={Rows}";

    public static Node Of(Node index, Node dy, int axis, Dim rows) => dy.Graph.Add(new ScatterAdd(axis, rows), index, dy);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(inputs[1].DType, inputs[1].Shape.With(Axis, Rows));

    public override TimeAxis? Follow(TimeFlow flow) => flow.Beside(Axis);

    // Linear in dy.
    public override void Backward(Vjp vjp) => vjp.Add(1, Gather.Of(vjp.Dy, vjp.Input(0), Axis));

    public override NdArray Reference(ReferenceCall call)
    {
        var dx = new NdArray(call.ResultShape);
        Gather.Visit(dx, call[0], Axis, (to, from) => dx.Data[to] += call[1].Data[from]);
        return dx;
    }

    public override (int Input, Dim Bound)? IndexBound(Node y) => (0, Rows);

    public override KernelCall Kernel(Node y) => Gather.Call("Gather.Backward", "ScatterAdd", y.Shape, y.Inputs[0].Shape, Axis);
}
