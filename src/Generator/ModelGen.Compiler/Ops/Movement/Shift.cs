namespace ModelGen.Compiler.Ops;

/// <summary>
/// y[.., t, ..] = x[.., t - 1, ..] along one axis and 0 at the first place: what a sequence was one step before. Backwards: y[t] = x[t + 1] and 0 at the
/// last place.
/// </summary>
internal sealed class Shift(int axis, bool backwards) : MovementOp
{
    public int Axis { get; } = axis;
    public bool Backwards { get; } = backwards;
    public override string Name => "shift";
    public override string Attributes => $"axis={Axis}{(Backwards ? " backwards" : "")}";

    public static Node Of(Node x, int axis, bool backwards = false) => x.Graph.Add(new Shift(axis, backwards), x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => inputs[0];

    public override bool LeavesGaps => true;

    public override IReadOnlyList<Piece> Pieces(Node y)
    {
        var strides = DenseStrides(y.Shape);
        Dim later = strides[Axis], none = Dim.Zero;
        return [new Piece(0, y.Shape.With(Axis, y.Shape[Axis] - 1).ToArray(), strides, Backwards ? later : none, strides, Backwards ? none : later)];
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.Beside(Axis);

    public override void Backward(Vjp vjp) => vjp.Add(0, Of(vjp.Dy, Axis, !Backwards));

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        int step = Backwards ? 1 : -1, n = 0;
        foreach (var index in y.Indices())
        {
            int from = index[Axis] + step;
            var source = (int[])index.Clone();
            source[Axis] = from;
            y.Data[n++] = from < 0 || from >= y.Shape[Axis] ? 0 : call[0][source];
        }
        return y;
    }
}
