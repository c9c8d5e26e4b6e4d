namespace ModelGen.Compiler.Ops;

/// <summary>
/// The parts of a tensor along an axis of constant size. They are several tensors, so this is no <see cref="TensorMethod"/>: the runtime's Split, Chunk and
/// Unbind and their capture both ask here where the parts begin and end, and slice.
/// </summary>
internal static class Split
{
    /// <summary>True for the methods of <c>Tensor</c> that give several tensors.</summary>
    public static bool IsMethod(string name) => name is "Split" or "Chunk" or "Unbind";

    /// <param name="method">Split, Chunk or Unbind.</param>
    /// <param name="x">The tensor's shape.</param>
    /// <param name="arguments">The part's size (or the number of parts), where the method has one, and the axis.</param>
    /// <returns>The axis and each part, from Start up to and not including Stop.</returns>
    public static (int Axis, IReadOnlyList<(int Start, int Stop)> Parts) Of(string method, Shape x, params int[] arguments)
    {
        int axis = Call.Axis(method, arguments[arguments.Length - 1], x, "axis");
        if (!x[axis].IsConstant) throw new ModelException(Rules.Argument,
            $"'{method}' along axis {axis} of {x} needs a constant size, but {x[axis]} is known only at run time.") { Argument = "axis" };
        string name = method == "Chunk" ? "chunks" : "size";
        int given = method == "Unbind" ? 1 : arguments[0], size = checked((int)x[axis].Value);
        if (given < 1) throw new ModelException(Rules.Argument, $"'{method}' of {x} needs '{name}' to be at least 1, but it is {given}.") { Argument = name, Repair = Repair.Set(name, 1) };
        int length = method == "Chunk" ? Math.Max(1, (size + given - 1) / given) : given;
        var parts = new List<(int, int)>();
        for (int start = 0; start < size; start += length) parts.Add((start, Math.Min(size, start + length)));
        return (axis, parts);
    }
}
