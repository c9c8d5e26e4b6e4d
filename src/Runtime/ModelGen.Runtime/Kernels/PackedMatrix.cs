using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>A matrix B, packed once by one thread and multiplied often: the weights of a recurrent layer, step after step.</summary>
readonly unsafe struct PackedMatrix<V, T>
    where V : unmanaged, ISimd<V, T>
    where T : unmanaged
{
    readonly Panel<T>* panels;
    readonly int count;
    readonly nint k;
    readonly T* spill;

    /// <param name="b">B[k, n].</param>
    /// <param name="bRow">From B[k, n] to B[k + 1, n].</param>
    /// <param name="bColumn">From B[k, n] to B[k, n + 1].</param>
    /// <param name="k">Rows of B.</param>
    /// <param name="n">Columns of B.</param>
    /// <param name="rows">How many rows the products will have.</param>
    /// <param name="memory"><see cref="Bytes"/> of them, aligned to 64; must live as long as this.</param>
    internal PackedMatrix(T* b, nint bRow, nint bColumn, nint k, nint n, nint rows, byte* memory)
    {
        this.k = k;
        spill = (T*)memory;
        panels = (Panel<T>*)(memory + MicroKernels.SpillBytes<V>());
        count = Panel<T>.Divide<V>(panels, b, bRow, bColumn, k, 0, n, Panel<T>.VectorsFor(rows), copy: true, (T*)(memory + MicroKernels.SpillBytes<V>() + PanelBytes(n)));
    }

    /// <summary>The memory that a matrix needs; a multiple of 64.</summary>
    internal static nint Bytes(nint k, nint n)
    {
        nint widest = 8 * V.Count;
        return (MicroKernels.SpillBytes<V>() + PanelBytes(n) + k * ((n + widest - 1) / widest * widest) * sizeof(T) + 63) & ~(nint)63;
    }

    static nint PanelBytes(nint n) => ((n / V.Count + 2) * sizeof(Panel<T>) + 63) & ~(nint)63;

    /// <summary>C = A B. Every element is one running sum over k, whatever the number of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    internal void Multiply(T* a, nint aRow, nint rows, T* c, nint cRow)
    {
        nint segment = 0;
        Tile<T> tile;
        tile.ARow = aRow;
        tile.AColumn = 1;
        tile.Segments = &segment;
        tile.SegmentCount = 1;
        tile.SegmentLength = k;
        tile.CRow = cRow;
        tile.Accumulate = false;
        for (Panel<T>* panel = panels; panel < panels + count; panel++)
        {
            tile.A = a;
            tile.B = panel->B;
            tile.BRow = panel->BRow;
            tile.C = c + panel->Column;
            MicroKernels.RunRows<V, T>(&tile, rows, panel->Vectors, panel->Columns, spill);
        }
    }
}
