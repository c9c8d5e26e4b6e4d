using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>Matrix products.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class MatMul
{
    // A block of B and a block of A each stay within a share of the second-level cache, a block of C within one of the first.
    const nint BlockBytesB = 192 << 10;
    const nint BlockBytesA = 128 << 10;
    const nint BlockBytesC = 16 << 10;

    // One or two rows: so much of B at a time, but enough steps in a row that sums seldom go to memory.
    const nint BlockBytesOfFewRows = 32 << 10;
    const nint FewestSteps = 64;

    // The most steps of k in a row. A step of a panel is two vectors: 18 KB of 256 bits, 36 KB of 512 bits.
    const nint MaxDepth = 288;

    /// <summary>
    /// C = A B, then <paramref name="epilogue"/> on every block of C. K = 0 gives zeros. Every member of the team calls it and
    /// computes a part; there is no barrier at the end. The bits of C do not depend on the size of the team; unless N is 1, where
    /// the sums are dot products, they do not depend on the SIMD width either.
    /// </summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="shape">Sizes and strides.</param>
    /// <param name="a">A; overlaps nothing that is written.</param>
    /// <param name="b">B; overlaps nothing that is written.</param>
    /// <param name="c">C; what it holds before is not read.</param>
    /// <param name="epilogue">What follows.</param>
    /// <param name="panels">B once more, as <see cref="WeightPanels"/> of one product; null when there is no such copy.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<V, T, E>(Team team, in MatMulShape shape, T* a, T* b, T* c, E epilogue, T* panels = null)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where E : struct, IEpilogue
    {
        if (shape.N == 1 && shape.AColumn == 1 && V.Count > 1 && shape.Batch > 0 && shape.M > 0 && typeof(E) != typeof(UpdateEpilogue<T>))
        {
            MatVec.Run<V, T, E>(team, shape, a, b, c, epilogue);
            return;
        }
        Divide<V, T, T, T>(team, shape, a, b, c, EpilogueReference<T>.Of(ref epilogue), panels);
    }

    /// <summary>
    /// The same for factors of which one or both have 16 bits in memory: A has elements TA and B has elements TB, each float, <see cref="BFloat16"/> or
    /// <see cref="Half"/>. The bits of C are those of a product of the widened factors; panels of B are wide, and products of one or two rows read B itself all the same.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<V, T, TA, TB, E>(Team team, in MatMulShape shape, TA* a, TB* b, T* c, E epilogue, T* panels = null)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where TA : unmanaged
        where TB : unmanaged
        where E : struct, IEpilogue
    {
        if (typeof(TB) != typeof(T) && shape.M <= NarrowRows.Most && shape.BColumn == 1 && typeof(E) != typeof(UpdateEpilogue<T>))
            NarrowRows.Run<V, T, TA, TB, E>(team, shape, a, b, c, epilogue);
        else
            Divide<V, T, TA, TB>(team, shape, a, b, c, EpilogueReference<T>.Of(ref epilogue), panels);
    }

    // Each member's share, by rows or by columns.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Divide<V, T, TA, TB>(Team team, in MatMulShape shape, TA* a, TB* b, T* c, in EpilogueReference<T> epilogue, T* panels)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where TA : unmanaged
        where TB : unmanaged
    {
        if (shape.Batch <= 0 || shape.M <= 0 || shape.N <= 0)
            return;
        int widest = Panel<T>.VectorsFor(shape.M);
        // A few rows go through B once, in wider panels.
        if (widest != WeightPanels.Vectors)
            panels = null;
        nint rowGrain = MicroKernels.MaxRows<V>(widest), columnGrain = widest * V.Count;
        nint rowTiles = Units(shape.M, rowGrain), columnTiles = Units(shape.N, columnGrain);
        // Threads that divide the rows pack all of B each, so a B that needs packing is divided by columns as long as there are enough.
        bool byColumns = shape.BColumn == 1 || panels != null ? columnTiles >= rowTiles : shape.Batch * columnTiles >= 2 * team.Count || columnTiles >= rowTiles;
        nint tiles = byColumns ? columnTiles : rowTiles;
        team.Range(shape.Batch * tiles, 1, out nint from, out nint to);
        while (from < to)
        {
            nint batch = from / tiles, first = from - batch * tiles, last = Math.Min(tiles, first + to - from);
            TA* ab = a + batch * shape.ABatch;
            TB* bb = b + batch * shape.BBatch;
            T* cb = c + batch * shape.CBatch;
            if (byColumns)
                RunPart<V, T, TA, TB>(
                    team, shape, ab, bb, cb, batch, 0, shape.M, first * columnGrain, Math.Min(shape.N, last * columnGrain), widest,
                    epilogue, panels);
            else
                RunPart<V, T, TA, TB>(
                    team, shape, ab, bb, cb, batch, first * rowGrain, Math.Min(shape.M, last * rowGrain), 0, shape.N, widest, epilogue,
                    panels);
            from += last - first;
        }
    }

    /// <summary>
    /// Updates weights with the gradient A B, of which no more than a block is ever in memory. Every member of the team calls it and does a part.
    /// </summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="shape">Sizes and strides; one product, not a batch.</param>
    /// <param name="a">A; overlaps nothing that is written.</param>
    /// <param name="b">B; overlaps nothing that is written.</param>
    /// <param name="update">The rule and the model.</param>
    /// <param name="gradient">Where the gradient would be stored: it says which weights are meant, and is not touched.</param>
    public static void Update<V, T>(Team team, in MatMulShape shape, T* a, T* b, in WeightUpdate<T> update, T* gradient)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged =>
        Run<V, T, UpdateEpilogue<T>>(team, shape, a, b, gradient, new UpdateEpilogue<T>(update));

    /// <summary>The same for factors of 16 bits: <see cref="Run{V, T, TA, TB, E}"/>.</summary>
    public static void Update<V, T, TA, TB>(Team team, in MatMulShape shape, TA* a, TB* b, in WeightUpdate<T> update, T* gradient)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where TA : unmanaged
        where TB : unmanaged =>
        Run<V, T, TA, TB, UpdateEpilogue<T>>(team, shape, a, b, gradient, new UpdateEpilogue<T>(update));

    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    static void RunPart<V, T, TA, TB>(
        Team team, in MatMulShape shape, TA* a, TB* b, T* c, nint batch, nint rowFrom, nint rowTo, nint columnFrom, nint columnTo, int widest,
        in EpilogueReference<T> epilogue, T* weightPanels)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where TA : unmanaged
        where TB : unmanaged
    {
        nint panelWidth = widest * V.Count, tileRows = MicroKernels.MaxRows<V>(widest), rowsInPart = rowTo - rowFrom;
        nint depths, depth, blockColumns, columnsInPart = Units(columnTo - columnFrom, panelWidth) * panelWidth;
        if (widest > WeightPanels.Vectors)
        {
            // One or two rows read B once, at the speed of memory: whole rows of it, some at a time, so that it is read in the order in which it lies.
            blockColumns = Math.Min(Panel<T>.MaxCount * panelWidth, columnsInPart);
            (depths, depth) = Depths(shape.K, Math.Max(FewestSteps, BlockBytesOfFewRows / (blockColumns * sizeof(T))));
        }
        else
        {
            // A panel of B stays in the first-level cache while tile after tile uses it: k goes in blocks, which go on with the sums in C.
            (depths, depth) = Depths(shape.K, rowsInPart <= tileRows ? shape.K : MaxDepth);
            nint panelsPerBlock = Math.Clamp(BlockBytesB / (Math.Max(depth, 1) * panelWidth * sizeof(T)), 1, Math.Clamp(128 / panelWidth, 1, Panel<T>.MaxCount));
            blockColumns = Math.Min(panelsPerBlock * panelWidth, columnsInPart);
        }
        nint blockRows = Math.Max(tileRows, BlockBytesA / (Math.Max(depth, 1) * sizeof(T)) / tileRows * tileRows);
        if (epilogue.IsThere)
            blockRows = Math.Min(blockRows, Math.Max(tileRows, BlockBytesC / (blockColumns * sizeof(T)) / tileRows * tileRows));
        blockRows = Math.Min(blockRows, rowsInPart);
        // A transposed A has the rows of a tile side by side, and every step of k on another page: it is copied tile by tile.
        bool wideA = typeof(TA) == typeof(T), wideB = typeof(TB) == typeof(T);
        bool copyA = wideA && shape.ARow == 1 && shape.AColumn * sizeof(T) >= 256 && rowsInPart >= 4 && columnTo - columnFrom >= 2 * panelWidth;
        nint stepA = Units(tileRows, V.Count) * V.Count;
        // Blocks of 16-bit numbers are widened, each in the order in which it lies.
        nint elementsA = copyA ? Units(blockRows, tileRows) * depth * stepA : wideA ? 0 : blockRows * depth;

        // An update takes C from memory that is used again for the next block.
        bool ownBlock = epilogue.IsUpdate;
        nint blockElements = ownBlock ? (depths > 1 ? rowsInPart : blockRows) * blockColumns : 0;
        nint elementsB = weightPanels != null ? 0 : depth * blockColumns, elementsWideB = wideB || weightPanels != null ? 0 : depth * blockColumns;
        T* spill = (T*)team.Scratch(MicroKernels.SpillBytes<V>() + (elementsB + elementsA + blockElements + elementsWideB) * sizeof(T));
        T* packedA = spill + MicroKernels.SpillBytes<V>() / sizeof(T);
        T* packed = packedA + elementsA;
        T* block = packed + elementsB, widenedB = block + blockElements;
        bool copy = wideB && shape.BColumn == 1 && Panel<T>.CopyPays(rowsInPart, shape.BRow);
        Panel<T>* panels = stackalloc Panel<T>[Panel<T>.MaxRoom];
        nint segment = 0;
        Tile<T> tile;
        tile.ARow = shape.ARow;
        tile.AColumn = copyA ? stepA : shape.AColumn;
        tile.Segments = &segment;
        tile.SegmentCount = 1;
        tile.CRow = ownBlock ? blockColumns : shape.CRow;
        for (nint column = columnFrom; column < columnTo; column += blockColumns)
        {
            nint columns = Math.Min(blockColumns, columnTo - column);
            for (nint part = 0, k = 0; part < depths; part++)
            {
                nint steps = Math.Min(depth, shape.K - k);
                tile.SegmentLength = steps;
                tile.Accumulate = part > 0;
                int count = weightPanels != null
                    ? WeightPanels.Find<V, T>(panels, weightPanels, shape.K, shape.N, k, column, columns)
                    : !wideB
                    ? DivideNarrow<V, T, TB>(panels, b + k * shape.BRow, shape, steps, column, columns, widest, packed, widenedB)
                    : Panel<T>.Divide<V>(panels, (T*)(b + k * shape.BRow), shape.BRow, shape.BColumn, steps, column, columns, widest, copy, packed);
                for (nint row = rowFrom; row < rowTo; row += blockRows)
                {
                    nint rows = Math.Min(blockRows, rowTo - row);
                    T* from = (T*)(a + row * shape.ARow + k * shape.AColumn);
                    if (!wideA)
                    {
                        bool byRows = shape.ARow != 1;
                        if (byRows) WidenBlock<V, T, TA>((TA*)from, shape.ARow, shape.AColumn, rows, steps, packedA);
                        else WidenBlock<V, T, TA>((TA*)from, shape.AColumn, 1, steps, rows, packedA);
                        tile.ARow = byRows ? steps : 1;
                        tile.AColumn = byRows ? 1 : rows;
                        from = packedA;
                    }
                    T* to = !ownBlock ? c + row * shape.CRow + column : depths > 1 ? block + (row - rowFrom) * blockColumns : block;
                    if (copyA)
                        MicroKernels.CopyTiles<V, T>(from, shape.AColumn, steps, rows, shape.M - row, tileRows, packedA, stepA);
                    for (Panel<T>* panel = panels; panel < panels + count; panel++)
                    {
                        tile.A = copyA ? packedA : from;
                        tile.B = panel->B;
                        tile.BRow = panel->BRow;
                        tile.C = to + (panel->Column - column);
                        if (copyA)
                            MicroKernels.RunTiles<V, T>(&tile, rows, panel->Vectors, panel->Columns, spill, tileRows, steps * stepA);
                        else
                            MicroKernels.RunRows<V, T>(&tile, rows, panel->Vectors, panel->Columns, spill);
                    }
                    if (part < depths - 1)
                        continue;
                    if (ownBlock)
                        epilogue.Take(c + row * shape.CRow + column, shape.CRow, rows, columns, to, blockColumns);
                    else
                        epilogue.Apply(batch, row, rows, column, columns);
                }
                k += steps;
            }
        }
    }

    /// <summary>A block of 16-bit numbers as one piece of wide ones.</summary>
    internal static void WidenBlock<V, T, N>(N* source, nint row, nint column, nint rows, nint columns, T* destination)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where N : unmanaged
    {
        for (; rows > 0; rows--, source += row, destination += columns)
        {
            if (column == 1) Narrow.Widen<V, T, N>(source, destination, columns);
            else
                for (nint i = 0; i < columns; i++) ((float*)destination)[i] = Narrow.Widen(source[i * column]);
        }
    }

    // Panels of a widened block; a transposed one is widened as it lies, and turned round when it is packed.
    static int DivideNarrow<V, T, N>(Panel<T>* panels, N* b, in MatMulShape shape, nint steps, nint column, nint columns, int widest, T* packed, T* widened)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where N : unmanaged
    {
        bool byRows = shape.BRow != 1;
        if (byRows) WidenBlock<V, T, N>(b + column * shape.BColumn, shape.BRow, shape.BColumn, steps, columns, widened);
        else WidenBlock<V, T, N>(b + column * shape.BColumn, shape.BColumn, 1, columns, steps, widened);
        nint row = byRows ? columns : 1, next = byRows ? 1 : steps;
        return Panel<T>.Divide<V>(panels, widened - column * next, row, next, steps, column, columns, widest, copy: false, packed);
    }

    // k in equal pieces of no more than so many steps.
    static (nint Count, nint Steps) Depths(nint k, nint most)
    {
        nint count = Math.Max(1, Units(k, Math.Max(most, 1)));
        return (count, Units(k, count));
    }

    static nint Units(nint total, nint grain) => (total + grain - 1) / grain;
}
