using System.ComponentModel;
using System.Numerics;

namespace ModelGen.Execution;

/// <summary>Linear recurrences along an axis.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class LinearRecurrence
{
    // What a thread takes at least, in elements.
    const nint GrainElements = 4096;

    /// <summary>
    /// y[o, i, k] = decay[o, i, k] y[o, i - 1, k] + x[o, i, k]; transposed, y[o, i, k] = decay[o, i + 1, k] y[o, i + 1, k] + x[o, i, k]. Each line is computed in its own order by
    /// one member of the team, so the bits do not depend on how many there are. Every member calls it and computes a part; no barrier at the end.
    /// </summary>
    public static void Run<V, T>(Team team, in LineShape shape, bool transposed, T* decay, T* x, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, INumber<T>
    {
        nint length = shape.Length, inner = shape.Inner;
        team.Range(shape.Outer * inner, Math.Max(1, GrainElements / Math.Max(1, length)), out nint from, out nint to);
        nint step = transposed ? -inner : inner;
        // Where the factor of a step stands: with the step itself, or with the one behind it, which comes before it here.
        nint factor = transposed ? inner : 0;
        while (from < to)
        {
            nint outer = from / inner, column = from % inner, columns = Math.Min(inner - column, to - from);
            nint start = (outer * length * inner) + (transposed ? (length - 1) * inner : 0) + column;
            for (nint c = 0; c < columns; c += V.Count)
            {
                nint at = start + c, count = Math.Min(V.Count, columns - c);
                V state = V.LoadPartial(x + at, count);
                state.StorePartial(y + at, count);
                if (count == V.Count)
                    for (nint i = 1; i < length; i++)
                    {
                        at += step;
                        state = V.MultiplyAdd(V.Load(decay + at + factor), state, V.Load(x + at));
                        state.Store(y + at);
                    }
                else
                    for (nint i = 1; i < length; i++)
                    {
                        at += step;
                        state = V.MultiplyAdd(V.LoadPartial(decay + at + factor, count), state, V.LoadPartial(x + at, count));
                        state.StorePartial(y + at, count);
                    }
            }
            from += columns;
        }
    }
}
