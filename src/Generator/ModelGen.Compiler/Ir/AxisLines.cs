namespace ModelGen.Compiler.Ir;

/// <summary>The one-dimensional lines of an array along one axis, for reference implementations.</summary>
internal static class AxisLines
{
    /// <summary>For each line, the offsets of its elements in order.</summary>
    public static IEnumerable<int[]> Of(int[] shape, int axis)
    {
        int length = shape[axis], inner = NdArray.Count(shape.Skip(axis + 1)), outer = NdArray.Count(shape.Take(axis));
        for (int o = 0; o < outer; o++)
            for (int i = 0; i < inner; i++)
                yield return Enumerable.Range(0, length).Select(k => (((o * length) + k) * inner) + i).ToArray();
    }
}
