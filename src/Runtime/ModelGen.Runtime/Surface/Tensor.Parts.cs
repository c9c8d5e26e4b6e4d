namespace ModelGen;

public sealed partial class Tensor
{
    /// <summary>The parts of <paramref name="size"/> elements along an axis of constant size; the last one may be smaller.</summary>
    /// <param name="size">Elements of each part, at least 1.</param>
    /// <param name="axis">The axis to cut; negative ones count from the end.</param>
    /// <remarks>PyTorch: <c>torch.split</c>.</remarks>
    /// <exception cref="ModelShapeException">The arguments do not fit.</exception>
    public Tensor[] Split(int size, int axis = 0) => Parts(nameof(Split), size, axis);

    /// <summary>At most <paramref name="chunks"/> parts of equal size along an axis of constant size; the last one may be smaller.</summary>
    /// <param name="chunks">How many parts, at least 1; there are fewer when parts of the size rounded up are enough.</param>
    /// <param name="axis">The axis to cut; negative ones count from the end.</param>
    /// <remarks>PyTorch: <c>torch.chunk</c>.</remarks>
    /// <exception cref="ModelShapeException">The arguments do not fit.</exception>
    public Tensor[] Chunk(int chunks, int axis = 0) => Parts(nameof(Chunk), chunks, axis);

    /// <summary>The parts at each index of an axis of constant size, without that axis.</summary>
    /// <param name="axis">The axis to take apart; negative ones count from the end.</param>
    /// <remarks>PyTorch: <c>torch.unbind</c>.</remarks>
    /// <exception cref="ModelShapeException">There is no such axis.</exception>
    public Tensor[] Unbind(int axis = 0) => Parts(nameof(Unbind), axis);

    Tensor[] Parts(string method, params int[] arguments)
    {
        try
        {
            var (axis, parts) = Compiler.Ops.Split.Of(method, Compiler.Shapes.Shape.Of(Values.Shape), arguments);
            return [.. parts.Select(p => method == nameof(Unbind) ? Select(axis, p.Start) : Slice(axis, p.Start, p.Stop))];
        }
        catch (Compiler.Shapes.ModelException broken)
        {
            throw new ModelShapeException(broken);
        }
    }
}
