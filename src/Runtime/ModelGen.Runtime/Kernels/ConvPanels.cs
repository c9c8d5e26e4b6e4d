namespace ModelGen.Execution;

/// <summary>Weights as panels for the micro-kernels: the columns of each group apart, the last panel of a group packed.</summary>
static unsafe class ConvPanels
{
    /// <summary>How many panels <paramref name="groups"/> groups of <paramref name="columns"/> columns have.</summary>
    internal static int Count<V, T>(int groups, nint columns)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged =>
        checked((int)(groups * ((columns + 2 * V.Count - 1) / (2 * V.Count))));

    /// <summary>How many elements the packed panels have at most.</summary>
    internal static nint PackedCount<V, T>(int groups, nint columns, nint k)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged =>
        columns % (2 * V.Count) == 0 ? 0 : groups * k * 2 * V.Count;

    /// <summary>Divides weights [k, groups * columns] into panels.</summary>
    internal static void Divide<V, T>(Panel<T>* panels, T* weights, nint k, int groups, nint columns, T* packed)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        nint tail = columns / (2 * V.Count) * (2 * V.Count);
        for (int g = 0; g < groups; g++)
        {
            // Divide counts columns from 0; a group begins further on.
            T* b = weights + g * columns;
            int count = 0;
            for (nint n = 0; n < columns; n += 2 * V.Count)
                count += Panel<T>.Divide<V>(
                    panels + count, b, groups * columns, 1, k, n, Math.Min(2 * V.Count, columns - n), 2, false, packed);
            for (int i = 0; i < count; i++)
                panels[i].Column += g * columns;
            panels += count;
            if (tail < columns)
                packed += k * 2 * V.Count;
        }
    }
}
