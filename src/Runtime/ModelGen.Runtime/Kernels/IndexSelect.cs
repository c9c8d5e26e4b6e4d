using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>Reading and adding up slices that integers name: embeddings. The caller has checked that every index is in range.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class IndexSelect
{
    /// <summary>
    /// y[o, i, :] = x[o, index[i], :], then <paramref name="epilogue"/> on every row of y. Every member of the team calls it and copies a part; no
    /// barrier at the end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<V, T, E>(Team team, in IndexShape shape, T* x, int* index, T* y, E epilogue)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where E : struct, IEpilogue
    {
        team.Range(shape.Outer * shape.Count, 1, out nint from, out nint to);
        for (nint row = from; row < to; row++)
        {
            nint outer = row / shape.Count;
            T* source = x + (outer * shape.Rows + index[row - outer * shape.Count]) * shape.Inner, target = y + row * shape.Inner;
            nint i = 0;
            for (; i <= shape.Inner - V.Count; i += V.Count) V.Load(source + i).Store(target + i);
            for (; i < shape.Inner; i++) target[i] = source[i];
            epilogue.Apply(0, row, 1, 0, shape.Inner);
        }
    }

    /// <summary>
    /// dx[o, v, :] = the sum of dy[o, i, :] over all i with index[i] = v, in ascending order of i. A member of the team owns some rows of dx and walks
    /// through all indices, so the bits do not depend on the size of the team. No barrier at the end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<V, T>(Team team, in IndexShape shape, int* index, T* dy, T* dx)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        team.Range(shape.Outer * shape.Rows, 1, out nint from, out nint to);
        if (to <= from) return;
        NativeMemory.Clear(dx + from * shape.Inner, (nuint)((to - from) * shape.Inner * sizeof(T)));
        for (nint outer = from / shape.Rows; outer * shape.Rows < to; outer++)
        {
            // The owned rows within this plane.
            nint low = Math.Max(0, from - outer * shape.Rows), high = Math.Min(shape.Rows, to - outer * shape.Rows);
            T* source = dy + outer * shape.Count * shape.Inner;
            for (nint n = 0; n < shape.Count; n++, source += shape.Inner)
            {
                nint row = index[n];
                if (row >= low && row < high) RowSum.Add<V, T>(source, dx + (outer * shape.Rows + row) * shape.Inner, shape.Inner);
            }
        }
    }

    /// <summary>
    /// y[o, v, :] = the largest of x[o, i, :] over all i with index[i] = v, elementwise; -∞ where there is none, NaN where one is. A member of the team owns some rows of y and walks
    /// through all indices. No barrier at the end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Largest<V, T>(Team team, in IndexShape shape, T* x, int* index, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        team.Range(shape.Outer * shape.Rows, 1, out nint from, out nint to);
        if (to <= from) return;
        for (nint i = from * shape.Inner; i < to * shape.Inner; i++) y[i] = T.NegativeInfinity;
        for (nint outer = from / shape.Rows; outer * shape.Rows < to; outer++)
        {
            nint low = Math.Max(0, from - outer * shape.Rows), high = Math.Min(shape.Rows, to - outer * shape.Rows);
            T* source = x + outer * shape.Count * shape.Inner;
            for (nint n = 0; n < shape.Count; n++, source += shape.Inner)
            {
                nint row = index[n];
                if (row < low || row >= high) continue;
                T* target = y + (outer * shape.Rows + row) * shape.Inner;
                nint i = 0;
                for (; i <= shape.Inner - V.Count; i += V.Count)
                {
                    V value = V.Load(source + i), best = V.Load(target + i);
                    V.Select(V.Or(V.GreaterThan(value, best), V.NotEqual(value, value)), value, best).Store(target + i);
                }
                for (; i < shape.Inner; i++)
                    if (source[i] > target[i] || T.IsNaN(source[i])) target[i] = source[i];
            }
        }
    }
}
