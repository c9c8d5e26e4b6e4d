namespace ModelGen.Compiler.Ops;

/// <summary>
/// The inverse of <see cref="Slice"/>: x's elements stand at <see cref="Start"/>, <see cref="Start"/> + <see cref="Step"/>, ... along
/// one axis of size <see cref="Size"/>; all else is zero.
/// </summary>
internal sealed class Pad(int axis, Dim start, Dim size, int step) : MovementOp
{
    public int Axis { get; } = axis;
    public Dim Start { get; } = start;
    public Dim Size { get; } = size;
    public int Step { get; } = step;
    public override string Name => "pad";
    public override string Attributes => $"axis={Axis} start={Start} size={Size} step={Step}";

    public static Node Of(Node x, int axis, Dim start, Dim size, int step = 1) =>
        start.IsZero && step == 1 && size == x.Shape[axis] ? x : x.Graph.Add(new Pad(axis, start, size, step), x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(inputs[0].DType, inputs[0].Shape.With(Axis, Size));

    public override bool LeavesGaps => true;

    public override IReadOnlyList<Piece> Pieces(Node y)
    {
        var target = DenseStrides(y.Shape);
        var first = Start * target[Axis];
        target[Axis] *= Step;
        return [new Piece(0, y.Inputs[0].Shape.ToArray(), DenseStrides(y.Inputs[0].Shape), Dim.Zero, target, first)];
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.Beside(Axis);

    public override void Backward(Vjp vjp) => vjp.Add(0, Slice.Of(vjp.Dy, Axis, Start, vjp.X.Shape[Axis], Step));

    public override NdArray Reference(ReferenceCall call)
    {
        var x = call[0];
        var result = new NdArray(call.ResultShape);
        int first = checked((int)call.Size(Start)), n = 0;
        var target = new int[result.Rank];
        foreach (var index in x.Indices())
        {
            index.CopyTo(target, 0);
            target[Axis] = first + (index[Axis] * Step);
            result[target] = x.Data[n++];
        }
        return result;
    }
}
