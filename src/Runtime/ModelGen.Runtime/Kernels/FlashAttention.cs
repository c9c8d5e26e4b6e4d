using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>
/// y = softmax(q kᵀ / √Width) v, and the way back, head by head and block of queries by block of queries (Dao et al., "FlashAttention", 2022): the scores of a block
/// live in the cache and are made again on the way back, so no memory grows with Queries x Keys, and what a mask hides from a whole block is not computed.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class FlashAttention
{
    // Of scores: with a second block of their gradients, and the keys, they stay in the second-level cache.
    const nint BlockBytes = 96 << 10;

    // Enough rows for some tiles of the products; with more, a causal mask hides less from whole blocks.
    const nint MostRows = 28;

    // Steps of a sum in a row: the rows of B that they use stay in the first-level cache.
    const nint MostDepth = 256;

    /// <summary>The result [Batch, Queries, Heads, ValueWidth] (or with the heads first). No barrier at the end; its bits do not depend on the size of the team.</summary>
    public static void Forward<V, T>(Team team, in AttentionShape shape, T* query, T* key, T* value, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Forward<V, T>(team, shape, query, key, value, null, y);

    /// <summary>The same where sequence b has lengths[b] keys. A query that sees none has the result 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<V, T>(Team team, in AttentionShape shape, T* query, T* key, T* value, int* lengths, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        nint share = shape.Heads / shape.KeyHeads, padded = Whole<V, T>(shape.Keys), width = shape.Width, valueWidth = shape.ValueWidth;
        nint blocks = Blocks<T>(shape, padded), rowsInBlock = (shape.Queries + blocks - 1) / blocks;
        team.Range(shape.Batch * shape.Heads * blocks, 1, out nint from, out nint to);
        if (to <= from) return;
        nint paddedValue = Whole<V, T>(valueWidth), copied = paddedValue == valueWidth ? 0 : shape.Keys * paddedValue;
        T* spill = (T*)team.Scratch(MicroKernels.SpillBytes<V>() + (width * padded + copied + rowsInBlock * padded + rowsInBlock) * sizeof(T));
        T* keys = spill + MicroKernels.SpillBytes<V>() / sizeof(T), values = keys + width * padded, scores = values + copied, inverse = scores + rowsInBlock * padded;
        V scale = V.FromDouble(1 / Math.Sqrt(width));
        nint packed = -1, valueStep = 0;
        T* valueRows = null;
        for (nint item = from; item < to; item++)
        {
            // Head by head of the keys, so that each is packed once.
            nint head = item / blocks % shape.Heads, batch = item / blocks / shape.Heads, group = head / share, first = item % blocks * rowsInBlock;
            nint rows = Math.Min(rowsInBlock, shape.Queries - first);
            if (rows <= 0) continue;
            if (packed != batch * shape.KeyHeads + group)
            {
                packed = batch * shape.KeyHeads + group;
                (nint keyRow, nint keyStep) = shape.Rows(shape.KeyHeads, shape.Keys, batch, group);
                Transpose(key + keyRow * width, keyStep * width, shape.Keys, width, keys, padded);
                valueStep = keyStep * valueWidth;
                valueRows = InPlace<V, T>(value + keyRow * valueWidth, ref valueStep, shape.Keys, valueWidth, values, paddedValue);
            }
            (nint queryRow, nint queryStep) = shape.Rows(shape.Heads, shape.Queries, batch, head);
            nint length = lengths == null ? shape.Keys : Math.Clamp(lengths[batch], 0, shape.Keys);
            shape.Seen(first, first + rows, length, out nint begin, out nint end);
            begin = begin / V.Count * V.Count;
            nint seen = Math.Max(0, end - begin);
            T* result = y + (queryRow + first * queryStep) * valueWidth;
            Product<V, T>(query + (queryRow + first * queryStep) * width, queryStep * width, 1, keys + begin, padded, scores, padded, rows, seen, width, false, spill);
            for (nint i = 0; i < rows; i++)
            {
                shape.Seen(first + i, first + i + 1, length, out nint low, out nint high);
                inverse[i] = Exponentials<V, T>(scores + i * padded, low - begin, high - begin, Whole<V, T>(seen), scale);
            }
            Product<V, T>(scores, padded, 1, valueRows + begin * valueStep, valueStep, result, queryStep * valueWidth, rows, valueWidth, seen, false, spill);
            for (nint i = 0; i < rows; i++)
            {
                V factor = V.Create(inverse[i]);
                T* row = result + i * queryStep * valueWidth;
                for (nint c = 0; c < valueWidth; c += V.Count) (V.LoadPartial(row + c, valueWidth - c) * factor).StorePartial(row + c, valueWidth - c);
            }
        }
    }

    /// <summary>
    /// The gradients of queries, keys and values, one after the other, each of its own shape. A member of the team takes some heads of keys, with all their
    /// queries. No barrier at the end; the bits do not depend on the size of the team.
    /// </summary>
    public static void Backward<V, T>(Team team, in AttentionShape shape, T* query, T* key, T* value, T* dy, T* gradient)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Backward<V, T>(team, shape, query, key, value, null, dy, gradient);

    /// <summary>The same where sequence b has lengths[b] keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<V, T>(Team team, in AttentionShape shape, T* query, T* key, T* value, int* lengths, T* dy, T* gradient)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        team.Range(shape.Batch * shape.KeyHeads, 1, out nint from, out nint to);
        if (to <= from) return;
        nint share = shape.Heads / shape.KeyHeads, padded = Whole<V, T>(shape.Keys), width = shape.Width, valueWidth = shape.ValueWidth;
        nint blocks = Blocks<T>(shape, 2 * padded), rowsInBlock = (shape.Queries + blocks - 1) / blocks;
        nint paddedWidth = Whole<V, T>(width), paddedValue = Whole<V, T>(valueWidth);
        nint copiedKeys = paddedWidth == width ? 0 : shape.Keys * paddedWidth, copiedRows = rowsInBlock * (paddedWidth + paddedValue);
        T* spill = (T*)team.Scratch(MicroKernels.SpillBytes<V>() + ((width + valueWidth + 2 * rowsInBlock) * padded + copiedKeys + copiedRows) * sizeof(T));
        T* keys = spill + MicroKernels.SpillBytes<V>() / sizeof(T), values = keys + width * padded, weights = values + valueWidth * padded, slopes = weights + rowsInBlock * padded;
        T* keyCopy = slopes + rowsInBlock * padded, queryCopy = keyCopy + copiedKeys, dyCopy = queryCopy + rowsInBlock * paddedWidth;
        T* dQuery = gradient, dKey = dQuery + shape.Batch * shape.Queries * shape.Heads * width, dValue = dKey + shape.Batch * shape.Keys * shape.KeyHeads * width;
        double root = 1 / Math.Sqrt(width);
        V scale = V.FromDouble(root);
        for (nint part = from; part < to; part++)
        {
            nint batch = part / shape.KeyHeads, group = part % shape.KeyHeads;
            (nint keyRow, nint keyStep) = shape.Rows(shape.KeyHeads, shape.Keys, batch, group);
            Transpose(key + keyRow * width, keyStep * width, shape.Keys, width, keys, padded);
            Transpose(value + keyRow * valueWidth, keyStep * valueWidth, shape.Keys, valueWidth, values, padded);
            nint keyRowStep = keyStep * width;
            T* keyRows = InPlace<V, T>(key + keyRow * width, ref keyRowStep, shape.Keys, width, keyCopy, paddedWidth);
            T* dk = dKey + keyRow * width, dv = dValue + keyRow * valueWidth;
            for (nint s = 0; s < shape.Keys; s++)
            {
                NativeMemory.Clear(dk + s * keyStep * width, (nuint)(width * sizeof(T)));
                NativeMemory.Clear(dv + s * keyStep * valueWidth, (nuint)(valueWidth * sizeof(T)));
            }
            nint length = lengths == null ? shape.Keys : Math.Clamp(lengths[batch], 0, shape.Keys);
            for (nint head = group * share; head < (group + 1) * share; head++)
            {
                (nint queryRow, nint queryStep) = shape.Rows(shape.Heads, shape.Queries, batch, head);
                for (nint first = 0; first < shape.Queries; first += rowsInBlock)
                {
                    nint rows = Math.Min(rowsInBlock, shape.Queries - first), place = queryRow + first * queryStep;
                    shape.Seen(first, first + rows, length, out nint begin, out nint end);
                    begin = begin / V.Count * V.Count;
                    nint seen = Math.Max(0, end - begin), whole = Whole<V, T>(seen);
                    nint queryRowStep = queryStep * width, dyRowStep = queryStep * valueWidth;
                    T* queries = InPlace<V, T>(query + place * width, ref queryRowStep, rows, width, queryCopy, paddedWidth);
                    T* dys = InPlace<V, T>(dy + place * valueWidth, ref dyRowStep, rows, valueWidth, dyCopy, paddedValue);
                    // The scores and weights once more, then dP = dy vᵀ.
                    Product<V, T>(queries, queryRowStep, 1, keys + begin, padded, weights, padded, rows, seen, width, false, spill);
                    Product<V, T>(dys, dyRowStep, 1, values + begin, padded, slopes, padded, rows, seen, valueWidth, false, spill);
                    for (nint i = 0; i < rows; i++)
                    {
                        shape.Seen(first + i, first + i + 1, length, out nint low, out nint high);
                        NativeMemory.Clear(slopes + i * padded + seen, (nuint)((whole - seen) * sizeof(T)));
                        T inverse = Exponentials<V, T>(weights + i * padded, low - begin, high - begin, whole, scale);
                        Slopes<V, T>(weights + i * padded, slopes + i * padded, whole, V.Create(inverse), scale);
                    }
                    Product<V, T>(slopes, padded, 1, keyRows + begin * keyRowStep, keyRowStep, dQuery + place * width, queryStep * width, rows, width, seen, false, spill);
                    Product<V, T>(slopes, 1, padded, queries, queryRowStep, dk + begin * keyStep * width, keyStep * width, seen, width, rows, true, spill);
                    Product<V, T>(weights, 1, padded, dys, dyRowStep, dv + begin * keyStep * valueWidth, keyStep * valueWidth, seen, valueWidth, rows, true, spill);
                }
            }
        }
    }

    // In how many blocks of about equal size the queries of a head are computed.
    static nint Blocks<T>(in AttentionShape shape, nint columns) where T : unmanaged
    {
        nint rows = Math.Clamp(BlockBytes / (Math.Max(1, columns) * sizeof(T)), 4, MostRows);
        return (shape.Queries + rows - 1) / rows;
    }

    static nint Whole<V, T>(nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged => (count + V.Count - 1) / V.Count * V.Count;

    // [rows, width] → [width, padded]; what has no row is 0.
    static void Transpose<T>(T* source, nint step, nint rows, nint width, T* destination, nint padded) where T : unmanaged
    {
        Transposition.Run(source, step, destination, padded, rows, width);
        for (nint c = 0; c < width; c++) NativeMemory.Clear(destination + c * padded + rows, (nuint)((padded - rows) * sizeof(T)));
    }

    // A product reads whole vectors of the rows of B: rows of other widths are copied.
    static T* InPlace<V, T>(T* source, ref nint step, nint rows, nint width, T* copy, nint padded)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        if (width == padded) return source;
        for (nint r = 0; r < rows; r++)
            for (nint c = 0; c < padded; c += V.Count) V.LoadPartial(source + r * step + c, width - c).Store(copy + r * padded + c);
        step = padded;
        return copy;
    }

    /// <summary>
    /// e^(scale (s - max s)) for the scores [low, high) of a row, and 0 in the rest of its <paramref name="whole"/> elements. Returns 1 / their sum; 0 when there are none.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static T Exponentials<V, T>(T* row, nint low, nint high, nint whole, V scale)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        low = Math.Max(0, low);
        if (high <= low)
        {
            NativeMemory.Clear(row, (nuint)(whole * sizeof(T)));
            return T.Zero;
        }
        for (nint c = 0; c < low; c++) row[c] = T.NegativeInfinity;
        for (nint c = high; c < whole; c++) row[c] = T.NegativeInfinity;
        V max = V.Load(row), total = V.Zero;
        for (nint c = V.Count; c < whole; c += V.Count) max = V.Max(max, V.Load(row + c));
        V highest = V.Create(V.MaxElement(max)) * scale;
        for (nint c = 0; c < whole; c += V.Count)
        {
            V weight = V.Exp(V.Load(row + c) * scale - highest);
            weight.Store(row + c);
            total += weight;
        }
        return T.One / V.Sum(total);
    }

    // P = weights / their sum; dS = P (dP - Σ P dP) scale.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Slopes<V, T>(T* weights, T* slopes, nint whole, V inverse, V scale)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        V total = V.Zero;
        for (nint c = 0; c < whole; c += V.Count)
        {
            V p = V.Load(weights + c) * inverse;
            p.Store(weights + c);
            total = V.MultiplyAdd(p, V.Load(slopes + c), total);
        }
        V mean = V.Create(V.Sum(total));
        for (nint c = 0; c < whole; c += V.Count) (V.Load(weights + c) * (V.Load(slopes + c) - mean) * scale).Store(slopes + c);
    }

    /// <summary>C = or += A B. The rows of B hold whole vectors. Every element is one running sum over the depth.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    static void Product<V, T>(T* a, nint aRow, nint aColumn, T* b, nint bRow, T* c, nint cRow, nint rows, nint columns, nint depth, bool accumulate, T* spill)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        if (rows <= 0 || columns <= 0) return;
        if (depth <= 0)
        {
            if (!accumulate)
                for (nint r = 0; r < rows; r++) NativeMemory.Clear(c + r * cRow, (nuint)(columns * sizeof(T)));
            return;
        }
        nint segment = 0;
        Tile<T> tile;
        tile.ARow = aRow;
        tile.AColumn = aColumn;
        tile.Segments = &segment;
        tile.SegmentCount = 1;
        tile.BRow = bRow;
        tile.CRow = cRow;
        for (nint k = 0; k < depth; k += MostDepth)
        {
            tile.SegmentLength = Math.Min(MostDepth, depth - k);
            tile.Accumulate = accumulate || k > 0;
            for (nint n = 0; n < columns;)
            {
                int vectors = columns - n > V.Count ? 2 : 1;
                nint panel = Math.Min(vectors * V.Count, columns - n);
                tile.A = a + k * aColumn;
                tile.B = b + k * bRow + n;
                tile.C = c + n;
                MicroKernels.RunRows<V, T>(&tile, rows, vectors, panel, spill);
                n += panel;
            }
        }
    }
}
