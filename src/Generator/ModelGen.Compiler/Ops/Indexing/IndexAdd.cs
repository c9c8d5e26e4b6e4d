namespace ModelGen.Compiler.Ops;

/// <summary>
/// dx of <see cref="IndexSelect"/>: dx[..a.., v, ..b..] = Σ dy[..a.., i, ..b..] over all i with index[i] = v, in ascending order of i, so that the
/// sum has the same bits on every machine. Inputs index [...] and dy [A, ..., B] → dx [A, V, B].
/// </summary>
internal sealed class IndexAdd(int axis, Dim rows) : KernelOp
{
    public int Axis { get; } = axis;
    public Dim Rows { get; } = rows;
    public override string Name => "index_add";
    public override string Attributes => $"axis={Axis} rows={Rows}";

    public static Node Of(Node index, Node dy, int axis, Dim rows) => dy.Graph.Add(new IndexAdd(axis, rows), index, dy);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var (index, dy) = (inputs[0].Shape, inputs[1].Shape);
        return new TensorType(inputs[1].DType, new Shape(dy.Take(Axis).Append(Rows).Concat(dy.Skip(Axis + index.Rank))));
    }

    // Linear in dy.
    public override void Backward(Vjp vjp) => vjp.Add(1, IndexSelect.Of(vjp.Dy, vjp.Input(0), Axis));

    public override NdArray Reference(ReferenceCall call)
    {
        var dx = new NdArray(call.ResultShape);
        IndexSelect.Visit(dx.Shape, call[0], Axis, (to, from) => dx.Data[to] += call[1].Data[from]);
        return dx;
    }

    public override (int Input, Dim Bound)? IndexBound(Node y) => (0, Rows);

    public override KernelCall Kernel(Node y) => IndexSelect.Call("IndexSelect.Backward", "IndexAdd", y.Shape, y.Inputs[0].Shape, Axis, epilogue: false);
}
