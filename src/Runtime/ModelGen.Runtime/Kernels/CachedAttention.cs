using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// Sizes of an attention to a cache. Queries are [Batch, Length, Heads, Width], or with the heads first [Batch, Heads, Length, Width]; keys and values alike with
/// KeyHeads heads, values and the result ValueWidth wide.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct CachedAttentionShape
{
    /// <summary>Sequences.</summary>
    public nint Batch { get; init; }

    /// <summary>Heads of the queries.</summary>
    public nint Heads { get; init; }

    /// <summary>Heads of keys and values; they divide <see cref="Heads"/>.</summary>
    public nint KeyHeads { get; init; }

    /// <summary>New positions.</summary>
    public nint Length { get; init; }

    /// <summary>Elements of a query and of a key.</summary>
    public nint Width { get; init; }

    /// <summary>Elements of a value.</summary>
    public nint ValueWidth { get; init; }

    /// <summary>1 when the axis of the heads stands behind that of the positions, else 0.</summary>
    public nint HeadsInside { get; init; }

    /// <summary>A query sees keys less than so many positions away; 0: any.</summary>
    public nint Window { get; init; }

    /// <summary>How many positions the cache holds: the number of the first new one.</summary>
    public nint Position { get; init; }

    /// <summary>The positions that the cache has room for, a multiple of <see cref="CachedAttention.CapacityUnit"/>.</summary>
    public nint Capacity { get; init; }
}

/// <summary>Causal attention of new positions to themselves and to those in a cache.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class CachedAttention
{
    /// <summary>A cache has room for a multiple of this: whole vectors of scores may be computed at its end.</summary>
    public const int CapacityUnit = 16;

    /// <summary>
    /// Adds keys and values to the cache, then y = softmax(q kᵀ / √Width) v. The cache holds for each sequence and head of keys the keys, one column a
    /// position ([Width, Capacity]: the scores of neighbouring positions are one vector), then the values, one row a position ([Capacity, ValueWidth]). A member of
    /// the team takes some heads of keys with all their queries, so there is no barrier, and the bits do not depend on the size of the team.
    /// </summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="query">The queries of the new positions.</param>
    /// <param name="key">Their keys.</param>
    /// <param name="value">Their values.</param>
    /// <param name="cache">Keys and values of earlier positions; those of the new ones are written.</param>
    /// <param name="y">The result.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<V, T>(Team team, in CachedAttentionShape shape, T* query, T* key, T* value, T* cache, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        team.Range(shape.Batch * shape.KeyHeads, 1, out nint from, out nint to);
        if (to <= from) return;
        nint share = shape.Heads / shape.KeyHeads, width = shape.Width, valueWidth = shape.ValueWidth, capacity = shape.Capacity;
        T* scores = (T*)team.Scratch((shape.Position + shape.Length + V.Count) * sizeof(T));
        for (nint part = from; part < to; part++)
        {
            nint batch = part / shape.KeyHeads, group = part % shape.KeyHeads;
            T* keys = cache + part * (width + valueWidth) * capacity, values = keys + width * capacity;
            for (nint t = 0; t < shape.Length; t++)
            {
                T* newKey = key + Row(shape, shape.KeyHeads, batch, group, t) * width, newValue = value + Row(shape, shape.KeyHeads, batch, group, t) * valueWidth;
                nint place = shape.Position + t;
                for (nint c = 0; c < width; c++) keys[c * capacity + place] = newKey[c];
                for (nint c = 0; c < valueWidth; c++) values[place * valueWidth + c] = newValue[c];
            }
            for (nint head = group * share; head < (group + 1) * share; head++)
                for (nint t = 0; t < shape.Length; t++)
                {
                    nint row = Row(shape, shape.Heads, batch, head, t);
                    nint seen = shape.Position + t + 1;
                    One<V, T>(query + row * width, keys, values, width, valueWidth, capacity, shape.Window > 0 ? Math.Max(0, seen - shape.Window) : 0, seen, scores, y + row * valueWidth);
                }
        }
    }

    // The number of a row of [Batch, Length, heads, ...] or [Batch, heads, Length, ...].
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static nint Row(in CachedAttentionShape shape, nint heads, nint batch, nint head, nint t) =>
        shape.HeadsInside != 0 ? (batch * shape.Length + t) * heads + head : (batch * heads + head) * shape.Length + t;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void One<V, T>(T* query, T* keys, T* values, nint width, nint valueWidth, nint capacity, nint first, nint seen, T* scores, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Four sums at a time: one would wait for itself.
        V scale = V.FromDouble(1 / Math.Sqrt(width)), max = V.FromDouble(double.NegativeInfinity);
        nint start = first / V.Count * V.Count, s = start;
        for (; s + 3 * V.Count < seen; s += 4 * V.Count)
        {
            V a = V.Zero, b = V.Zero, c = V.Zero, d = V.Zero;
            T* column = keys + s;
            for (nint i = 0; i < width; i++, column += capacity)
            {
                V q = V.Create(query[i]);
                a = V.MultiplyAdd(q, V.Load(column), a);
                b = V.MultiplyAdd(q, V.Load(column + V.Count), b);
                c = V.MultiplyAdd(q, V.Load(column + 2 * V.Count), c);
                d = V.MultiplyAdd(q, V.Load(column + 3 * V.Count), d);
            }
            (a * scale).Store(scores + s);
            (b * scale).Store(scores + s + V.Count);
            (c * scale).Store(scores + s + 2 * V.Count);
            (d * scale).Store(scores + s + 3 * V.Count);
        }
        for (; s < seen; s += V.Count)
        {
            V a = V.Zero;
            T* column = keys + s;
            for (nint i = 0; i < width; i++, column += capacity) a = V.MultiplyAdd(V.Create(query[i]), V.Load(column), a);
            (a * scale).Store(scores + s);
        }
        // What the first vector has of positions out of sight, and the last of positions that are not there yet.
        for (nint i = start; i < first; i++) scores[i] = T.NegativeInfinity;
        for (nint i = seen; i < s; i++) scores[i] = T.NegativeInfinity;

        for (nint i = start; i < s; i += V.Count) max = V.Max(max, V.Load(scores + i));
        V highest = V.Create(V.MaxElement(max)), total = V.Zero;
        for (nint i = start; i < s; i += V.Count)
        {
            V weight = V.Exp(V.Load(scores + i) - highest);
            weight.Store(scores + i);
            total += weight;
        }
        V inverse = V.Create(T.One / V.Sum(total));

        for (nint c = 0; c < valueWidth; c += V.Count)
        {
            nint left = valueWidth - c;
            V a = V.Zero, b = V.Zero, e = V.Zero, d = V.Zero;
            T* row = values + first * valueWidth + c;
            nint i = first;
            if (left >= V.Count)
            {
                for (; i + 4 <= seen; i += 4, row += 4 * valueWidth)
                {
                    a = V.MultiplyAdd(V.Create(scores[i]), V.Load(row), a);
                    b = V.MultiplyAdd(V.Create(scores[i + 1]), V.Load(row + valueWidth), b);
                    e = V.MultiplyAdd(V.Create(scores[i + 2]), V.Load(row + 2 * valueWidth), e);
                    d = V.MultiplyAdd(V.Create(scores[i + 3]), V.Load(row + 3 * valueWidth), d);
                }
            }
            for (; i < seen; i++, row += valueWidth) a = V.MultiplyAdd(V.Create(scores[i]), V.LoadPartial(row, left), a);
            ((a + b + (e + d)) * inverse).StorePartial(y + c, left);
        }
    }
}
