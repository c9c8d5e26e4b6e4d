using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>Rows of an image with zeros around them.</summary>
static unsafe class Halo
{
    /// <summary>
    /// destination[r, x] = source[row + r, x + column] for r in [0, <paramref name="rows"/>) and x in [0, <paramref name="columns"/>),
    /// and zero where the image [<paramref name="height"/>, <paramref name="width"/>] of <paramref name="pixel"/> elements a
    /// pixel has nothing.
    /// </summary>
    internal static void Copy<T>(
        T* source, nint height, nint width, nint pixel, nint row, nint rows, nint column, nint columns, T* destination)
        where T : unmanaged
    {
        nint left = Math.Clamp(-column, 0, columns);
        nint right = Math.Clamp(width - column, left, columns);
        for (nint r = 0; r < rows; r++, destination += columns * pixel)
        {
            nint y = row + r;
            if (y < 0 || y >= height)
            {
                Clear(destination, columns * pixel);
                continue;
            }
            Clear(destination, left * pixel);
            nuint bytes = (nuint)((right - left) * pixel * sizeof(T));
            NativeMemory.Copy(source + (y * width + column + left) * pixel, destination + left * pixel, bytes);
            Clear(destination + right * pixel, (columns - right) * pixel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Clear<T>(T* destination, nint count)
        where T : unmanaged
    {
        if (count > 0)
            NativeMemory.Clear(destination, (nuint)(count * sizeof(T)));
    }
}
