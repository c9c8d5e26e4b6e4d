namespace ModelGen.Compiler.Ops;

/// <summary>Every <see cref="Step"/>-th element along one axis, from <see cref="Start"/> on, <see cref="Length"/> of them.</summary>
internal sealed class Slice(int axis, Dim start, Dim length, int step) : MovementOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Slice",
        Summary = "The elements start, start + step, ... before stop along one axis. Negative start and stop count from the end; int.MaxValue as stop means to the end.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Int("axis", "the axis to cut; negative ones count from the end"),
            SurfaceParameter.Int("start", "the first index"), SurfaceParameter.Int("stop", "the index after the last"), SurfaceParameter.Int("step", "the distance of two indices, at least 1", 1),
        ],
        Build = call =>
        {
            var x = call.Tensor("x");
            return Range(x, call.Axis("axis", x), call.Size("start"), call.Size("stop"), call.Int("step"));
        },
        Samples =
        [
            Cut([5, 4], 0, 1, 3), Cut([2, 6], 1, -4, -1), Cut([2, 7, 3], -2, 1, 7).With("step", 2), Cut([9], 0, 2, int.MaxValue).With("step", 3), Cut([3, 4], 1, 0, int.MaxValue),
        ],
    };

    static Sample Cut(int[] shape, int axis, int start, int stop) => new Sample(shape).With("axis", axis).With("start", start).With("stop", stop);

    public int Axis { get; } = axis;
    public Dim Start { get; } = start;
    public Dim Length { get; } = length;
    public int Step { get; } = step;
    public override string Name => "slice";
    public override string Attributes => $"axis={Axis} start={Start} length={Length} step={Step}";

    public static Node Of(Node x, int axis, Dim start, Dim length, int step = 1) =>
        start.IsZero && step == 1 && length == x.Shape[axis] ? x : x.Graph.Add(new Slice(axis, start, length, step), x);

    /// <summary>Python's <c>start:stop:step</c>, but what lies outside the tensor is an error.</summary>
    static Node Range(Node x, int axis, Dim start, Dim stop, int step)
    {
        var size = x.Shape[axis];
        var first = FromEnd(start, size);
        var end = stop.Is(int.MaxValue) ? size : FromEnd(stop, size);
        string asked = $"'Slice' from {start} to {(stop.Is(int.MaxValue) ? "the end" : stop.ToString())} along axis {axis} of {x.Shape}";
        if (step < 1) throw new ModelException(Rules.Index, $"{asked} needs a step of at least 1, but was given {step}.") { Argument = "step", Repair = Repair.Set("step", 1) };
        if (!first.DominatesOrEquals(Dim.Zero) || !size.DominatesOrEquals(end)) throw new ModelException(Rules.Index,
            $"{asked} reaches outside: that axis has {size} elements{(size.IsConstant ? "" : ", as few as 1")}.")
            {
                Argument = first.DominatesOrEquals(Dim.Zero) ? "stop" : "start",
                Repair = first.DominatesOrEquals(Dim.Zero) ? size.IsConstant ? Repair.Set("stop", size) : null : Repair.Set("start", 0),
            };
        if (!end.DominatesOrEquals(first)) throw new ModelException(Rules.Index, $"{asked} ends before it begins: that axis has {size} elements{(size.IsConstant ? "" : ", as few as 1")}.");
        if (end == first) throw new ModelException(Rules.Index, $"{asked} selects nothing: that axis has {size} elements.");
        return Of(x, axis, first, (end - first + (step - 1)).FloorDivide(step), step);
    }

    /// <summary>A negative index counts from the end.</summary>
    internal static Dim FromEnd(Dim index, Dim size) => index.IsConstant && index.Value < 0 ? size + index : index;

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(inputs[0].DType, inputs[0].Shape.With(Axis, Length));

    public override IReadOnlyList<Piece> Pieces(Node y)
    {
        var source = DenseStrides(y.Inputs[0].Shape);
        var first = Start * source[Axis];
        source[Axis] *= Step;
        return [new Piece(0, y.Shape.ToArray(), source, first, DenseStrides(y.Shape), Dim.Zero)];
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.X.Axis == Axis ? null : flow.X;

    // The rows of a table, one for each position.
    public override Node? StartingAt(Node y, Node[] inputs, Dim length, Dim position) => Length == length && Step == 1 ? Of(inputs[0], Axis, Start + position, Length) : null;

    public override void Backward(Vjp vjp) => vjp.Add(0, Pad.Of(vjp.Dy, Axis, Start, vjp.X.Shape[Axis], Step));

    public override NdArray Reference(ReferenceCall call)
    {
        var result = new NdArray(call.ResultShape);
        int first = checked((int)call.Size(Start)), n = 0;
        var source = new int[result.Rank];
        foreach (var index in result.Indices())
        {
            index.CopyTo(source, 0);
            source[Axis] = first + (index[Axis] * Step);
            result.Data[n++] = call[0][source];
        }
        return result;
    }
}
