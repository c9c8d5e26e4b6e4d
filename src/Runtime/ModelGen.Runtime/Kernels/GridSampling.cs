using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>Images [Batch, Height, Width, Channels] and positions [Batch, Points].</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct GridShape
{
    /// <summary>Images.</summary>
    public nint Batch { get; init; }

    /// <summary>Rows of an image.</summary>
    public nint Height { get; init; }

    /// <summary>Columns of an image.</summary>
    public nint Width { get; init; }

    /// <summary>Elements of a pixel.</summary>
    public nint Channels { get; init; }

    /// <summary>Positions in each image.</summary>
    public nint Points { get; init; }
}

/// <summary>
/// Reading images between their pixels, and the way back. A position is a column and a row in pixels; of its four pixels those outside of the image are zeros. Along each axis the two
/// weights are those of a straight line, or those of its slope, -1 and 1. A position that is NaN or far outside reads nothing.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class GridSampling
{
    // What a thread takes at least, in elements.
    const nint GrainElements = 2048;

    /// <summary>y[n, p, :] = the weighted sum of the four pixels around a position. Every member of the team calls it and computes some points; no barrier at the end.</summary>
    /// <param name="team">The team.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="slopeX">Whether the weights of the two columns are those of the slope.</param>
    /// <param name="slopeY">Whether the weights of the two rows are those of the slope.</param>
    /// <param name="x">[Batch, Height, Width, Channels].</param>
    /// <param name="column">[Batch, Points].</param>
    /// <param name="row">[Batch, Points].</param>
    /// <param name="y">[Batch, Points, Channels].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Read<V, T>(Team team, in GridShape shape, bool slopeX, bool slopeY, T* x, T* column, T* row, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint channels = shape.Channels;
        team.Range(shape.Batch * shape.Points, Math.Max(1, GrainElements / Math.Max(1, channels)), out nint from, out nint to);
        for (nint p = from; p < to; p++)
        {
            T* target = y + (p * channels);
            NativeMemory.Clear(target, (nuint)(channels * sizeof(T)));
            if (!Corners<T>.TryFind(shape, column[p], row[p], slopeX, slopeY, out var corners)) continue;
            T* pixel = x + (((((p / shape.Points) * shape.Height) + corners.Row) * shape.Width) + corners.Column) * channels, below = pixel + (shape.Width * channels);
            if (corners.HasTop && corners.HasLeft) RowSum.Add<V, T>(pixel, V.Create(corners.Top * corners.Left), target, channels);
            if (corners.HasTop && corners.HasRight) RowSum.Add<V, T>(pixel + channels, V.Create(corners.Top * corners.Right), target, channels);
            if (corners.HasBottom && corners.HasLeft) RowSum.Add<V, T>(below, V.Create(corners.Bottom * corners.Left), target, channels);
            if (corners.HasBottom && corners.HasRight) RowSum.Add<V, T>(below + channels, V.Create(corners.Bottom * corners.Right), target, channels);
        }
    }

    /// <summary>
    /// dx = for each pixel the weighted sum of the dy whose positions read it, point by point. A member of the team owns some rows of the images and walks through all points of these, so the bits
    /// do not depend on the size of the team. No barrier at the end.
    /// </summary>
    /// <param name="team">The team.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="slopeX">As for reading.</param>
    /// <param name="slopeY">As for reading.</param>
    /// <param name="column">[Batch, Points].</param>
    /// <param name="row">[Batch, Points].</param>
    /// <param name="dy">[Batch, Points, Channels].</param>
    /// <param name="dx">[Batch, Height, Width, Channels].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write<V, T>(Team team, in GridShape shape, bool slopeX, bool slopeY, T* column, T* row, T* dy, T* dx)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint channels = shape.Channels, line = shape.Width * channels;
        team.Range(shape.Batch * shape.Height, 1, out nint from, out nint to);
        if (to <= from) return;
        NativeMemory.Clear(dx + (from * line), (nuint)((to - from) * line * sizeof(T)));
        for (nint image = from / shape.Height; image * shape.Height < to; image++)
        {
            // The owned rows of this image.
            nint low = Math.Max(0, from - (image * shape.Height)), high = Math.Min(shape.Height, to - (image * shape.Height));
            for (nint p = image * shape.Points; p < (image + 1) * shape.Points; p++)
            {
                if (!Corners<T>.TryFind(shape, column[p], row[p], slopeX, slopeY, out var corners)) continue;
                bool top = corners.Row >= low && corners.Row < high, bottom = corners.Row + 1 >= low && corners.Row + 1 < high;
                T* source = dy + (p * channels), pixel = dx + ((((image * shape.Height) + corners.Row) * shape.Width) + corners.Column) * channels, below = pixel + line;
                if (top && corners.HasLeft) RowSum.Add<V, T>(source, V.Create(corners.Top * corners.Left), pixel, channels);
                if (top && corners.HasRight) RowSum.Add<V, T>(source, V.Create(corners.Top * corners.Right), pixel + channels, channels);
                if (bottom && corners.HasLeft) RowSum.Add<V, T>(source, V.Create(corners.Bottom * corners.Left), below, channels);
                if (bottom && corners.HasRight) RowSum.Add<V, T>(source, V.Create(corners.Bottom * corners.Right), below + channels, channels);
            }
        }
    }

    // The upper left of the four pixels around a position, which may be just outside, and the weights of both columns and both rows.
    struct Corners<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        internal nint Row, Column;
        internal T Top, Bottom, Left, Right;
        internal bool HasTop, HasBottom, HasLeft, HasRight;

        // False when all four are outside, and for NaN.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static bool TryFind(in GridShape shape, T column, T row, bool slopeX, bool slopeY, out Corners<T> corners)
        {
            corners = default;
            if (!(column >= T.NegativeOne && row >= T.NegativeOne)) return false;
            T x = T.Floor(column), y = T.Floor(row);
            // Compared as numbers: what is out of range need not fit an integer.
            if (!(x < T.CreateSaturating(shape.Width) && y < T.CreateSaturating(shape.Height))) return false;
            (corners.Column, corners.Row) = (nint.CreateTruncating(x), nint.CreateTruncating(y));
            (corners.HasLeft, corners.HasRight) = (corners.Column >= 0, corners.Column + 1 < shape.Width);
            (corners.HasTop, corners.HasBottom) = (corners.Row >= 0, corners.Row + 1 < shape.Height);
            (corners.Left, corners.Right) = slopeX ? (T.NegativeOne, T.One) : (T.One - (column - x), column - x);
            (corners.Top, corners.Bottom) = slopeY ? (T.NegativeOne, T.One) : (T.One - (row - y), row - y);
            return true;
        }
    }
}
