namespace ModelGen.Execution;

/// <summary>
/// The right-hand sides of convolutions as panels for the micro-kernels, the columns of each group apart. Weights are copied, because
/// all pixels use the copy; in a copy the rows of a panel follow one another, which is worth up to half of the time.
/// </summary>
static unsafe class ConvPanels
{
    /// <summary>How many panels <paramref name="groups"/> groups of <paramref name="columns"/> columns have.</summary>
    internal static int Count<V, T>(int groups, nint columns)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged =>
        checked((int)(groups * ((columns + 2 * V.Count - 1) / (2 * V.Count))));

    /// <summary>Room for the copies: for all panels if <paramref name="copy"/>, else for the last panel of each group.</summary>
    internal static nint PackedCount<V, T>(int groups, nint columns, nint k, bool copy)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged =>
        copy ? Count<V, T>(groups, columns) * k * 2 * V.Count
        : columns % (2 * V.Count) == 0 ? 0
        : groups * k * 2 * V.Count;

    /// <summary>Divides a matrix [k, groups * columns] into panels; those that cannot be used in place, or all, are copied.</summary>
    internal static void Divide<V, T>(Panel<T>* panels, T* matrix, nint k, int groups, nint columns, bool copy, T* packed)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        nint width = 2 * V.Count;
        for (nint g = 0; g < groups; g++)
        {
            for (nint n = 0; n < columns; n += width, panels++)
            {
                nint left = Math.Min(width, columns - n);
                Panel<T>.Divide<V>(panels, matrix, groups * columns, 1, k, g * columns + n, left, 2, copy, packed);
                if (copy || left < width)
                    packed += k * width;
            }
        }
    }
}
