using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>One axis with another number of elements: x is [Outer, Length, Inner], y is [Outer, Size, Inner].</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct ResampleShape
{
    /// <summary>The product of the sizes before the axis.</summary>
    public nint Outer { get; init; }

    /// <summary>Elements of the axis in x.</summary>
    public nint Length { get; init; }

    /// <summary>Elements of the axis in y.</summary>
    public nint Size { get; init; }

    /// <summary>The product of the sizes behind the axis.</summary>
    public nint Inner { get; init; }
}

/// <summary>Reading between the elements of an axis: the nearest one, or a straight line between two.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Resample
{
    // What a thread takes at least, in elements.
    const nint GrainElements = 4096;

    /// <summary>
    /// y[o, j, :] = (1 - w) x[o, i, :] + w x[o, i + 1, :] for the position i + w of j in x. Every member of the team calls it and computes some rows of y; no barrier at the end.
    /// </summary>
    /// <param name="team">The team.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="linear">A straight line; else the element whose interval holds the position.</param>
    /// <param name="alignCorners">Whether the ends of both sides are the centres of their first and last elements; else the borders of these.</param>
    /// <param name="x">[Outer, Length, Inner].</param>
    /// <param name="y">[Outer, Size, Inner].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<V, T>(Team team, in ResampleShape shape, bool linear, bool alignCorners, T* x, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, INumber<T>
    {
        var places = new Places(shape, linear, alignCorners);
        nint inner = shape.Inner;
        team.Range(shape.Outer * shape.Size, Math.Max(1, GrainElements / Math.Max(1, inner)), out nint from, out nint to);
        for (nint row = from; row < to; row++)
        {
            nint outer = row / shape.Size;
            double weight = places.At(row - (outer * shape.Size), out nint lower);
            T* first = x + (((outer * shape.Length) + lower) * inner), target = y + (row * inner);
            if (weight == 0)
            {
                NativeMemory.Copy(first, target, (nuint)(inner * sizeof(T)));
                continue;
            }
            T* second = first + inner;
            V a = V.FromDouble(1 - weight), b = V.FromDouble(weight);
            nint i = 0;
            for (; i <= inner - V.Count; i += V.Count) V.MultiplyAdd(b, V.Load(second + i), a * V.Load(first + i)).Store(target + i);
            T one = T.CreateTruncating(1 - weight), other = T.CreateTruncating(weight);
            for (; i < inner; i++) target[i] = (other * second[i]) + (one * first[i]);
        }
    }

    /// <summary>
    /// The way back: each dy adds to the elements that it was read from, in ascending order. A member of the team owns some rows of dx and walks along the axis of dy, so the bits do not depend
    /// on the size of the team. No barrier at the end.
    /// </summary>
    /// <param name="team">The team.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="linear">As forwards.</param>
    /// <param name="alignCorners">As forwards.</param>
    /// <param name="dy">[Outer, Size, Inner].</param>
    /// <param name="dx">[Outer, Length, Inner].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<V, T>(Team team, in ResampleShape shape, bool linear, bool alignCorners, T* dy, T* dx)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, INumber<T>
    {
        var places = new Places(shape, linear, alignCorners);
        nint inner = shape.Inner;
        team.Range(shape.Outer * shape.Length, Math.Max(1, GrainElements / Math.Max(1, inner)), out nint from, out nint to);
        if (to <= from) return;
        NativeMemory.Clear(dx + (from * inner), (nuint)((to - from) * inner * sizeof(T)));
        for (nint outer = from / shape.Length; outer * shape.Length < to; outer++)
        {
            // The owned rows within this plane.
            nint low = Math.Max(0, from - (outer * shape.Length)), high = Math.Min(shape.Length, to - (outer * shape.Length));
            T* source = dy + (outer * shape.Size * inner), plane = dx + (outer * shape.Length * inner);
            for (nint j = 0; j < shape.Size; j++, source += inner)
            {
                double weight = places.At(j, out nint lower);
                if (lower >= high) break;
                if (lower >= low) RowSum.Add<V, T>(source, V.FromDouble(1 - weight), plane + (lower * inner), inner);
                if (weight != 0 && lower + 1 >= low && lower + 1 < high) RowSum.Add<V, T>(source, V.FromDouble(weight), plane + ((lower + 1) * inner), inner);
            }
        }
    }

    // Where an element of y is in x. Positions grow with the element.
    readonly struct Places
    {
        readonly nint length, size;
        readonly bool linear, alignCorners;
        readonly double scale;

        internal Places(in ResampleShape shape, bool linear, bool alignCorners)
        {
            (length, size, this.linear, this.alignCorners) = (shape.Length, shape.Size, linear, alignCorners);
            scale = !alignCorners ? (double)length / size : size == 1 ? 0 : (length - 1) / (double)(size - 1);
        }

        // The lower of its two elements, and the weight of the upper one.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal double At(nint j, out nint lower)
        {
            if (!linear)
            {
                lower = j * length / size;
                return 0;
            }
            double position = alignCorners ? j * scale : Math.Max(0, ((j + 0.5) * scale) - 0.5);
            lower = Math.Min((nint)position, length - 1);
            return lower == length - 1 ? 0 : position - lower;
        }
    }
}
