using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>Reading and adding up single elements that integers name. The caller has checked that every index is in range.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Gather
{
    /// <summary>y[o, i, n] = x[o, index[o, i, n], n]. Every member of the team calls it and fills a part; no barrier at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<V, T>(Team team, in IndexShape shape, T* x, int* index, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        team.Range(shape.Outer * shape.Count, 1, out nint from, out nint to);
        for (nint row = from; row < to; row++)
        {
            T* plane = x + row / shape.Count * shape.Rows * shape.Inner, target = y + row * shape.Inner;
            int* place = index + row * shape.Inner;
            for (nint n = 0; n < shape.Inner; n++) target[n] = plane[place[n] * shape.Inner + n];
        }
    }

    /// <summary>
    /// dx[o, v, n] = the sum of dy[o, i, n] over all i with index[o, i, n] = v, in ascending order of i. A member of the team owns some rows of dx and
    /// walks through all indices of their planes, so the bits do not depend on the size of the team. No barrier at the end.
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
            nint low = Math.Max(0, from - outer * shape.Rows), high = Math.Min(shape.Rows, to - outer * shape.Rows), first = outer * shape.Count * shape.Inner;
            T* plane = dx + outer * shape.Rows * shape.Inner;
            for (nint i = 0; i < shape.Count; i++)
                for (nint n = 0; n < shape.Inner; n++)
                {
                    nint at = first + i * shape.Inner + n, row = index[at];
                    if (row >= low && row < high) Add(plane + row * shape.Inner + n, dy + at);
                }
        }
    }

    /// <summary>
    /// y = x, except y[o, index[o, i, n], n] = source[o, i, n], of several for one place the last one. A member of the team owns some rows of y and walks
    /// through all indices of their planes, so the result does not depend on the size of the team. No barrier at the end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter<V, T>(Team team, in IndexShape shape, T* x, int* index, T* source, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        team.Range(shape.Outer * shape.Rows, 1, out nint from, out nint to);
        if (to <= from) return;
        if (x != y) NativeMemory.Copy(x + from * shape.Inner, y + from * shape.Inner, (nuint)((to - from) * shape.Inner * sizeof(T)));
        for (nint outer = from / shape.Rows; outer * shape.Rows < to; outer++)
        {
            nint low = Math.Max(0, from - outer * shape.Rows), high = Math.Min(shape.Rows, to - outer * shape.Rows), first = outer * shape.Count * shape.Inner;
            T* plane = y + outer * shape.Rows * shape.Inner;
            for (nint i = 0; i < shape.Count; i++)
                for (nint n = 0; n < shape.Inner; n++)
                {
                    nint at = first + i * shape.Inner + n, row = index[at];
                    if (row >= low && row < high) plane[row * shape.Inner + n] = source[at];
                }
        }
    }

    // T is one of two.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<T>(T* sum, T* value) where T : unmanaged
    {
        if (typeof(T) == typeof(float)) *(float*)sum += *(float*)value;
        else *(double*)sum += *(double*)value;
    }
}
