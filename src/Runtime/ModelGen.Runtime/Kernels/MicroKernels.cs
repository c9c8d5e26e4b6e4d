using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;

namespace ModelGen.Execution;

/// <summary>
/// What a micro-kernel works on: C[rows, vectors] = or += A B, where k runs over <see cref="SegmentCount"/> runs of
/// <see cref="SegmentLength"/> steps. In A each run begins at its own offset (that is how a convolution walks through its window);
/// the rows of B follow one another. All strides are in elements.
/// </summary>
unsafe struct Tile<T> where T : unmanaged
{
    internal T* A;
    internal nint ARow;
    internal nint AColumn;
    /// <summary>Where each row of A begins, instead of <see cref="ARow"/>, for <see cref="MicroKernels.RunAnywhere"/>.</summary>
    internal nint* RowOffsets;
    internal nint* Segments;
    internal nint SegmentCount;
    internal nint SegmentLength;
    internal T* B;
    internal nint BRow;
    internal T* C;
    internal nint CRow;
    internal bool Accumulate;
}

/// <summary>
/// The inner loops of matrix products and convolutions. Every element of C is one running sum over k in ascending order, whatever
/// the tile: so neither the tiling nor the number of threads nor the SIMD width changes a bit of the result.
/// </summary>
static unsafe partial class MicroKernels
{
    /// <summary>How many rows the best tile of <paramref name="vectors"/> vectors has: as many as registers allow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int MaxRows<V>(int vectors) where V : unmanaged =>
        vectors switch
        {
            8 => 1,
            4 => 2,
            2 => sizeof(V) == 64 || AdvSimd.Arm64.IsSupported ? 14 : 6,
            _ => sizeof(V) == 64 || AdvSimd.Arm64.IsSupported ? 14 : 12,
        };

    /// <summary>
    /// Runs as many tiles as <paramref name="rows"/> needs, of sizes that differ by at most one.
    /// </summary>
    /// <param name="tile">A, B and C of the first row; A and C are moved. All other fields stay.</param>
    /// <param name="rows">How many rows A and C have.</param>
    /// <param name="vectors">The width of the panel in vectors: 1, 2, 4 or 8.</param>
    /// <param name="columns">How many columns C has: all of the panel, or fewer in the last panel of a row. B has all of them.</param>
    /// <param name="spill">Room for a tile, for when C has fewer columns: <see cref="SpillBytes"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    internal static void RunRows<V, T>(Tile<T>* tile, nint rows, int vectors, nint columns, T* spill)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged => RunTiles<V, T>(tile, rows, vectors, columns, spill, MaxRows<V>(vectors), 0);

    /// <summary>As <see cref="RunRows"/>, of tiles that the caller divides.</summary>
    /// <param name="tile">A, B and C of the first row; A and C are moved.</param>
    /// <param name="rows">How many rows A and C have.</param>
    /// <param name="vectors">The width of the panel in vectors.</param>
    /// <param name="columns">How many columns C has.</param>
    /// <param name="spill">Room for a tile.</param>
    /// <param name="maxRows">How many rows a tile has at most.</param>
    /// <param name="copiedTile">For a copied A (<see cref="CopyTiles"/>): from one tile to the next; 0 when A is used in place.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    internal static void RunTiles<V, T>(Tile<T>* tile, nint rows, int vectors, nint columns, T* spill, nint maxRows, nint copiedTile)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        if (rows <= 0)
            return;
        nint tiles = (rows + maxRows - 1) / maxRows;
        int each = (int)(rows / tiles), larger = (int)(rows % tiles);
        T* c = tile->C;
        nint cRow = tile->CRow;
        bool partial = columns < vectors * V.Count;
        for (nint t = 0; t < tiles; t++)
        {
            int height = t < larger ? each + 1 : each;
            if (partial)
            {
                RunPartial<V, T>(tile, c, cRow, height, vectors, columns, spill);
            }
            else
            {
                tile->C = c;
                Run<V, T>(height, vectors, tile);
            }
            tile->A += copiedTile != 0 ? copiedTile : height * tile->ARow;
            c += height * cRow;
        }
        tile->C = c;
    }

    /// <summary>
    /// As <see cref="RunRows"/>, of rows of A that begin at <see cref="Tile{T}.RowOffsets"/>, for panels of two vectors where six rows are the largest tile
    /// (<see cref="HasTilesAnywhere"/>). Rows of C follow one another as ever.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    internal static void RunRowsAnywhere<V, T>(Tile<T>* tile, nint rows, nint columns, T* spill)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        nint tiles = TilesAnywhere(rows);
        int each = (int)(rows / tiles), larger = (int)(rows % tiles);
        T* c = tile->C;
        nint cRow = tile->CRow;
        bool partial = columns < 2 * V.Count;
        for (nint t = 0; t < tiles; t++)
        {
            int height = t < larger ? each + 1 : each;
            tile->C = partial ? spill : c;
            tile->CRow = partial ? 2 * V.Count : cRow;
            RunAnywhere<V, T>(height, tile);
            if (partial)
                CopyColumns<V, T>(spill, 2 * V.Count, height, columns, c, cRow);
            tile->RowOffsets += height;
            c += height * cRow;
        }
        tile->CRow = cRow;
    }

    /// <summary>Are the largest tiles of two vectors those of <see cref="RunAnywhere"/>?</summary>
    internal static bool HasTilesAnywhere<V>() where V : unmanaged => MaxRows<V>(2) == MaxRowsAnywhere;

    /// <summary>How many tiles <see cref="RunRowsAnywhere"/> makes of so many rows.</summary>
    internal static nint TilesAnywhere(nint rows) => (rows + MaxRowsAnywhere - 1) / MaxRowsAnywhere;

    /// <summary>
    /// Copies A, whose rows lie side by side, tile by tile: for each step of k the rows of one tile, <paramref name="step"/> elements apart. The tiles are
    /// those of <see cref="RunTiles"/>.
    /// </summary>
    /// <param name="a">A[0, 0].</param>
    /// <param name="aColumn">From A[m, k] to A[m, k + 1].</param>
    /// <param name="steps">How many steps of k.</param>
    /// <param name="rows">How many rows to copy.</param>
    /// <param name="rowsThere">How many rows A has from here on: what lies beyond is not read.</param>
    /// <param name="maxRows">How many rows a tile has at most.</param>
    /// <param name="to">The copy.</param>
    /// <param name="step">Whole vectors, at least <paramref name="maxRows"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void CopyTiles<V, T>(T* a, nint aColumn, nint steps, nint rows, nint rowsThere, nint maxRows, T* to, nint step)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        nint tiles = (rows + maxRows - 1) / maxRows, each = rows / tiles, larger = rows % tiles;
        for (nint t = 0, row = 0; t < tiles; row += t < larger ? each + 1 : each, t++)
        {
            T* from = a + row;
            for (nint k = 0; k < steps; k++, from += aColumn, to += step)
                for (nint j = 0; j < step; j += V.Count)
                    V.LoadPartial(from + j, rowsThere - row - j).Store(to + j);
        }
    }

    /// <summary>How many bytes <c>spill</c> of <see cref="RunRows"/> needs.</summary>
    internal static nint SpillBytes<V>() where V : unmanaged => 28 * sizeof(V);

    static void RunPartial<V, T>(Tile<T>* tile, T* c, nint cRow, int rows, int vectors, nint columns, T* spill)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        nint width = vectors * V.Count;
        if (tile->Accumulate)
            for (nint i = 0; i < rows; i++)
                for (nint j = 0; j < width; j += V.Count)
                    V.LoadPartial(c + i * cRow + j, columns - j).Store(spill + i * width + j);
        tile->C = spill;
        tile->CRow = width;
        Run<V, T>(rows, vectors, tile);
        tile->CRow = cRow;
        CopyColumns<V, T>(spill, width, rows, columns, c, cRow);
    }

    static void CopyColumns<V, T>(T* from, nint fromRow, nint rows, nint columns, T* to, nint toRow)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        for (nint i = 0; i < rows; i++)
            for (nint j = 0; j < columns; j += V.Count)
                V.Load(from + i * fromRow + j).StorePartial(to + i * toRow + j, columns - j);
    }

    static ArgumentOutOfRangeException NoSuchTile(int rows, int vectors) =>
        new(nameof(rows), $"There is no micro-kernel of {rows} rows and {vectors} vectors.");
}
