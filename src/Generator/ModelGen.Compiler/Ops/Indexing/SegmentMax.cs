namespace ModelGen.Compiler.Ops;

/// <summary>
/// y[s, ...] = the largest x[i, ...] over all i of segment s, -∞ where there is none. Elements that tie share the gradient equally, as in torch.amax. Inputs x [A, ...] and segments, which
/// may have several axes, the first ones of x.
/// </summary>
internal sealed class SegmentMax(Dim count) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "SegmentMax",
        Summary = "The largest of the parts of x that belong to a segment, elementwise: x [A, ...] and segments [A] → [count, ...]. A segment without parts is -∞, the maximum of nothing.",
        Parameters = SegmentSum.Parameters,
        Build = call =>
        {
            var (x, segments, count) = SegmentSum.Arguments(call);
            return x.Graph.Add(new SegmentMax(count), x, segments);
        },
        // Without a segment that is empty: infinities have no differences.
        Samples =
        [
            new Sample([8, 3], [8]) { Classes = 2 }.With("count", 2), new Sample([7, 2, 17], [7]) { Classes = 1 }.With("count", 1), new Sample([3, 4, 5], [3, 4]) { Classes = 2 }.With("count", 2),
        ],
        PyTorch = "torch.index_reduce(reduce='amax')",
    };

    public Dim Count { get; } = count;
    public override string Name => "segment_max";
    public override string Attributes => Count.ToString();

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(inputs[0].DType, new Shape(inputs[0].Shape.Skip(inputs[1].Shape.Rank).Prepend(Count)));

    // To the winners of each segment, in equal parts. A segment without parts has no winners, and no part reads what a division by their number would give.
    public override void Backward(Vjp vjp)
    {
        Node x = vjp.X, segments = vjp.Input(1);
        var winners = Equal.Of(x, IndexSelect.Of(vjp.Y, segments, 0));
        var number = Maximum.Of(IndexAdd.Of(segments, winners, 0, Count), vjp.Graph.Constant(1, x.DType));
        vjp.Add(0, winners * IndexSelect.Of(vjp.Dy / number, segments, 0));
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        for (int i = 0; i < y.Length; i++) y.Data[i] = double.NegativeInfinity;
        IndexSelect.Visit(y.Shape, call[1], 0, (to, from) =>
        {
            double value = call[0].Data[from];
            // A NaN stays: no comparison with it is true.
            if (double.IsNaN(value) || value > y.Data[to]) y.Data[to] = value;
        });
        return y;
    }

    public override (int Input, Dim Bound)? IndexBound(Node y) => (1, Count);

    public override KernelCall Kernel(Node y) => IndexSelect.Call("IndexSelect.Largest", "SegmentMax", y.Shape, y.Inputs[1].Shape, 0, epilogue: false);
}
