using System.ComponentModel;
using System.Numerics;

namespace ModelGen.Execution;

/// <summary>A dense tensor seen as lines along one axis: [outer, length, inner].</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct LineShape
{
    /// <summary>The product of the sizes before the axis.</summary>
    public nint Outer { get; init; }

    /// <summary>The size of the axis.</summary>
    public nint Length { get; init; }

    /// <summary>The product of the sizes behind the axis.</summary>
    public nint Inner { get; init; }
}

/// <summary>Running sums along an axis.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class CumulativeSum
{
    // What a thread takes at least, in elements.
    const nint GrainElements = 4096;

    /// <summary>
    /// y[o, i, k] = x[o, 0, k] + ... + x[o, i, k], or from the other end. Each line is summed in its own order by one member of the team, so the bits do
    /// not depend on how many there are. Every member calls it and computes a part; no barrier at the end.
    /// </summary>
    public static void Run<V, T>(Team team, in LineShape shape, bool reverse, T* x, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, INumber<T>
    {
        nint length = shape.Length, inner = shape.Inner;
        team.Range(shape.Outer * inner, Math.Max(1, GrainElements / Math.Max(1, length)), out nint from, out nint to);
        nint step = reverse ? -inner : inner;
        while (from < to)
        {
            nint outer = from / inner, column = from % inner, columns = Math.Min(inner - column, to - from);
            nint start = (outer * length * inner) + (reverse ? (length - 1) * inner : 0) + column;
            nint c = 0;
            for (; c + V.Count <= columns; c += V.Count)
            {
                V total = V.Zero;
                nint at = start + c;
                for (nint i = 0; i < length; i++, at += step)
                {
                    total += V.Load(x + at);
                    total.Store(y + at);
                }
            }
            for (; c < columns; c++)
            {
                T total = T.Zero;
                nint at = start + c;
                for (nint i = 0; i < length; i++, at += step) y[at] = total += x[at];
            }
            from += columns;
        }
    }
}
