using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>The windows of images [Batch, Channels, height, width] as columns [Batch, Channels · window, windows], and back.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Unfold2d
{
    /// <summary>
    /// y = the windows of x as columns; 0 where they leave the image. Every member of the team calls it and fills some rows; no barrier at the end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<V, T>(Team team, in Pool2dShape shape, T* x, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        nint area = (nint)shape.KernelHeight * shape.KernelWidth, plane = (nint)shape.InHeight * shape.InWidth, windows = (nint)shape.OutHeight * shape.OutWidth;
        team.Range((nint)shape.Batch * shape.Channels * area, 1, out nint from, out nint to);
        for (nint row = from; row < to; row++)
        {
            nint element = row % area;
            T* image = x + (row / area * plane), target = y + (row * windows);
            nint inY = (element / shape.KernelWidth * shape.DilationY) - shape.PaddingY, firstX = (element % shape.KernelWidth * shape.DilationX) - shape.PaddingX;
            Inside(firstX, shape.StrideX, shape.InWidth, shape.OutWidth, out nint first, out nint end);
            for (nint outY = 0; outY < shape.OutHeight; outY++, inY += shape.StrideY, target += shape.OutWidth)
            {
                if (inY < 0 || inY >= shape.InHeight)
                {
                    NativeMemory.Clear(target, (nuint)(shape.OutWidth * sizeof(T)));
                    continue;
                }
                T* source = image + (inY * shape.InWidth) + firstX;
                for (nint i = 0; i < first; i++) target[i] = default;
                for (nint i = first; i < end; i++) target[i] = source[i * shape.StrideX];
                for (nint i = end; i < shape.OutWidth; i++) target[i] = default;
            }
        }
    }

    /// <summary>
    /// The way back: x = for each element of the images the sum over all windows that hold it, element of the window by element of the window. Every member of the
    /// team owns some planes, so the bits do not depend on the size of the team. No barrier at the end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<V, T>(Team team, in Pool2dShape shape, T* y, T* x)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, INumber<T>
    {
        nint area = (nint)shape.KernelHeight * shape.KernelWidth, plane = (nint)shape.InHeight * shape.InWidth, windows = (nint)shape.OutHeight * shape.OutWidth;
        team.Range((nint)shape.Batch * shape.Channels, 1, out nint from, out nint to);
        for (nint image = from; image < to; image++)
        {
            T* target = x + (image * plane), source = y + (image * area * windows);
            NativeMemory.Clear(target, (nuint)(plane * sizeof(T)));
            for (nint element = 0; element < area; element++)
            {
                nint inY = (element / shape.KernelWidth * shape.DilationY) - shape.PaddingY, firstX = (element % shape.KernelWidth * shape.DilationX) - shape.PaddingX;
                Inside(firstX, shape.StrideX, shape.InWidth, shape.OutWidth, out nint first, out nint end);
                for (nint outY = 0; outY < shape.OutHeight; outY++, inY += shape.StrideY, source += shape.OutWidth)
                {
                    if (inY < 0 || inY >= shape.InHeight) continue;
                    T* pixels = target + (inY * shape.InWidth) + firstX;
                    for (nint i = first; i < end; i++) pixels[i * shape.StrideX] += source[i];
                }
            }
        }
    }

    // The windows [first, end) whose element lies in the image: 0 <= start + i * stride < size.
    static void Inside(nint start, nint stride, nint size, nint count, out nint first, out nint end)
    {
        first = start >= 0 ? 0 : Math.Min(count, (-start + stride - 1) / stride);
        end = start >= size ? first : Math.Max(first, Math.Min(count, (size - 1 - start) / stride + 1));
    }
}
