using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// A group of columns of B as the micro-kernels want it: rows of whole vectors. Either B itself, or a copy of it.
/// </summary>
unsafe struct Panel<T> where T : unmanaged
{
    internal T* B;
    internal nint BRow;
    internal int Vectors;
    internal nint Column;
    internal nint Columns;

    /// <summary>Panels of a block are at most this many.</summary>
    internal const int MaxCount = 16;

    /// <summary>Room for them: the last one may be divided into smaller ones.</summary>
    internal const int MaxRoom = MaxCount + 3;

    /// <summary>How wide the panels are, but for the last, in vectors: few rows need many vectors to hide the latency of the sums.</summary>
    internal static int VectorsFor(nint rows) => rows == 1 ? 8 : rows == 2 ? 4 : 2;

    /// <summary>The width of the next panel when so many columns are left.</summary>
    internal static int VectorsFor<V>(nint columns, int widest)
        where V : unmanaged, ISimd<V, T>
    {
        int vectors = widest;
        while (vectors > 1 && columns <= vectors / 2 * V.Count)
            vectors /= 2;
        return vectors;
    }

    /// <summary>
    /// Whether copying the panels of B pays: when so many rows use the copy that it costs little, and when the rows of B are so far
    /// apart that each is on another page and few sets of the first-level cache hold them all.
    /// </summary>
    internal static bool CopyPays(nint rows, nint bRow) => rows >= 32 && bRow * sizeof(T) >= 1536;

    /// <summary>
    /// Divides <paramref name="columns"/> columns of B from <paramref name="column"/> on into panels, copying those that cannot be
    /// used in place, or all if <paramref name="copy"/>, to <paramref name="packed"/>, which has room for k rows of all columns
    /// rounded up to the widest panel; returns their number.
    /// </summary>
    internal static int Divide<V>(
        Panel<T>* panels, T* b, nint bRow, nint bColumn, nint k, nint column, nint columns, int widest, bool copy, T* packed)
        where V : unmanaged, ISimd<V, T>
    {
        int count = 0;
        for (nint n = column; n < column + columns;)
        {
            nint left = column + columns - n;
            int vectors = VectorsFor<V>(left, widest);
            // One or two rows do not pay for the copy of a panel that is not full: smaller ones are used in place.
            while (widest > 2 && vectors > 1 && bColumn == 1 && !copy && left < vectors * V.Count) vectors /= 2;
            nint width = vectors * V.Count;
            Panel<T>* panel = panels + count++;
            panel->Vectors = vectors;
            panel->Column = n;
            panel->Columns = Math.Min(left, width);
            if (bColumn == 1 && left >= width && !copy)
            {
                panel->B = b + n;
                panel->BRow = bRow;
            }
            else
            {
                if (!copy || bColumn != 1)
                    Pack<V>(b + n * bColumn, bRow, bColumn, k, panel->Columns, packed, width);
                panel->B = packed;
                panel->BRow = width;
                packed += k * width;
            }
            n += width;
        }
        if (copy && bColumn == 1)
            PackTogether<V>(panels, count, b, bRow, k);
        return count;
    }

    /// <summary>Copies all panels row by row, so that B is read in long runs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void PackTogether<V>(Panel<T>* panels, int count, T* b, nint bRow, nint k)
        where V : unmanaged, ISimd<V, T>
    {
        for (nint i = 0; i < k; i++, b += bRow)
        {
            for (Panel<T>* panel = panels; panel < panels + count; panel++)
            {
                T* from = b + panel->Column, to = panel->B + i * panel->BRow;
                nint j = 0;
                for (; j + V.Count <= panel->Columns; j += V.Count)
                    V.Load(from + j).Store(to + j);
                for (; j < panel->BRow; j += V.Count)
                    V.LoadPartial(from + j, panel->Columns - j).Store(to + j);
            }
        }
    }

    /// <summary>packed[i, j] = b[i, j] for j below <paramref name="columns"/>, 0 from there to <paramref name="width"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Pack<V>(T* b, nint bRow, nint bColumn, nint k, nint columns, T* packed, nint width)
        where V : unmanaged, ISimd<V, T>
    {
        if (bColumn == 1)
        {
            for (nint i = 0; i < k; i++, b += bRow, packed += width)
                for (nint j = 0; j < width; j += V.Count)
                    V.LoadPartial(b + j, columns - j).Store(packed + j);
            return;
        }
        if (columns < width)
            new Span<T>(packed, checked((int)(k * width))).Clear();
        if (bRow == 1)
        {
            Transposition.Run(b, bColumn, packed, width, columns, k);
            return;
        }
        for (nint i = 0; i < k; i++)
            for (nint j = 0; j < columns; j++)
                packed[i * width + j] = b[i * bRow + j * bColumn];
    }
}
