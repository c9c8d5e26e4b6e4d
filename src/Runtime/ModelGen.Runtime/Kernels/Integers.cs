using System.ComponentModel;
using System.Globalization;
using System.Numerics;

namespace ModelGen.Execution;

/// <summary>How many integers there are, and what they must be below.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct IndexRangeShape
{
    /// <summary>Elements.</summary>
    public nint Count { get; init; }

    /// <summary>The smallest number that is no index; 0 where any integer will do.</summary>
    public nint Bound { get; init; }
}

/// <summary>Integers that a program computes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Integers
{
    // What a thread takes at least, in elements.
    const nint GrainElements = 4096;

    /// <summary>
    /// y = x, when all x lie in 0..Bound - 1 or are the one that is ignored. Every member of the team looks at all of them, so that all throw alike and none
    /// waits for another; each copies a part. No barrier at the end.
    /// </summary>
    /// <exception cref="InvalidOperationException">One lies outside.</exception>
    public static void Check<V, T>(Team team, in IndexRangeShape shape, int? ignored, int* x, int* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        for (nint i = 0; i < shape.Count; i++)
            if ((x[i] < 0 || x[i] >= shape.Bound) && x[i] != ignored) Throw(x[i], shape.Bound);
        team.Range(shape.Count, GrainElements, out nint from, out nint to);
        for (nint i = from; i < to; i++) y[i] = x[i];
    }

    static void Throw(int index, nint bound) => throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
        $"An index that the model computes is {index}, but it must lie in 0 to {bound - 1}."));

    /// <summary>y = x without what is behind the point; NaN becomes 0, and what no integer can hold the nearest one. No barrier at the end.</summary>
    public static void Truncate<V, T>(Team team, in IndexRangeShape shape, T* x, int* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        team.Range(shape.Count, GrainElements, out nint from, out nint to);
        for (nint i = from; i < to; i++) y[i] = T.IsNaN(x[i]) ? 0 : int.CreateSaturating(x[i]);
    }

    /// <summary>
    /// y[o, n] = the first i with the largest x[o, i, n], or the smallest one; a NaN is both. Every member of the team takes some lines; no barrier at the end.
    /// </summary>
    public static void IndexOfLargest<V, T>(Team team, in LineShape shape, bool smallest, T* x, int* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint length = shape.Length, inner = shape.Inner;
        team.Range(shape.Outer * inner, Math.Max(1, GrainElements / Math.Max(1, length)), out nint from, out nint to);
        for (nint line = from; line < to; line++)
        {
            T* element = x + (line / inner * length * inner) + (line % inner);
            T best = *element;
            nint at = 0;
            for (nint i = 1; i < length && !T.IsNaN(best); i++)
            {
                element += inner;
                if (smallest ? *element < best : *element > best) (best, at) = (*element, i);
                else if (T.IsNaN(*element)) (best, at) = (*element, i);
            }
            y[line] = (int)at;
        }
    }
}
