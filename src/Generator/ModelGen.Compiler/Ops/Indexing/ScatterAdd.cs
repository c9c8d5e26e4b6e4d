namespace ModelGen.Compiler.Ops;

/// <summary>
/// dx of <see cref="Gather"/>: dx[..o.., v, ..n..] = Σ dy[..o.., i, ..n..] over all i with index[..o.., i, ..n..] = v, in ascending order of i. Inputs
/// index and dy, both [A, I, B] → dx [A, V, B].
/// </summary>
internal sealed class ScatterAdd(int axis, Dim rows) : KernelOp
{
    public int Axis { get; } = axis;
    public Dim Rows { get; } = rows;
    public override string Name => "scatter_add";
    public override string Attributes => $"axis={Axis} rows={Rows}";

    public static Node Of(Node index, Node dy, int axis, Dim rows) => dy.Graph.Add(new ScatterAdd(axis, rows), index, dy);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(inputs[1].DType, inputs[1].Shape.With(Axis, Rows));

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
