namespace ModelGen.Compiler.Ir;

/// <summary>
/// Where the positions of a sequence of T elements are in a tensor: the axis <paramref name="Axis"/> has outer · T · <paramref name="Inner"/> elements, and
/// element i of it belongs to position i / Inner mod T. A reshape may merge the positions with their neighbours; it moves none.
/// </summary>
internal sealed record TimeAxis(int Axis, Dim Inner);

/// <summary>
/// One op inside a model that runs a few positions or steps at a time. It may follow them only where it treats each by itself.
/// </summary>
/// <param name="y">The node.</param>
/// <param name="inputs">Where the positions are in its inputs; null for an input that is the same for all of them.</param>
/// <param name="symbol">T, the number of positions.</param>
internal sealed class TimeFlow(Node y, IReadOnlyList<TimeAxis?> inputs, string symbol)
{
    public Node Y => y;
    public IReadOnlyList<TimeAxis?> Inputs => inputs;

    /// <summary>The only input, of an op with one.</summary>
    public TimeAxis X => inputs[0]!;

    /// <summary>The axis of a shape that the positions are part of; null where there is none.</summary>
    public static int? AxisOf(Shape shape, string symbol)
    {
        for (int i = 0; i < shape.Rank; i++)
            if (shape[i].Symbols.Contains(symbol)) return i;
        return null;
    }

    /// <summary>The axis of the result; null where it has none.</summary>
    public int? ResultAxis => AxisOf(y.Shape, symbol);

    /// <summary>Of an op that treats the slices along axis 0 by themselves, in all of its inputs that have positions: their place, where it is that axis.</summary>
    public TimeAxis? Leading() => Common() is { Axis: 0 } time && ResultAxis == 0 ? time : null;

    /// <summary>Of an op that works along one axis and leaves all others where they are: the place of the positions, where it is another one.</summary>
    public TimeAxis? Beside(int axis) => Common() is { } time && time.Axis != axis && ResultAxis == time.Axis ? time : null;

    TimeAxis? Common() => inputs.OfType<TimeAxis>().Distinct().ToArray() is [var time] ? time : null;

    /// <summary>Of operands that broadcast to the result, counted from the last axis: the place of the positions, where it is the same in all of them.</summary>
    public TimeAxis? Broadcast()
    {
        TimeAxis? result = null;
        for (int i = 0; i < inputs.Count; i++)
        {
            if (inputs[i] is not { } time) continue;
            var moved = time with { Axis = y.Shape.Rank - (y.Inputs[i].Shape.Rank - time.Axis) };
            if (result is not null && result != moved) return null;
            result = moved;
        }
        return result!.Axis == ResultAxis ? result : null;
    }
}
