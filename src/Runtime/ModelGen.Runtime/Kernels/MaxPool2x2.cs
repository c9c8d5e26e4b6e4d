using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>
/// The usual maximum pooling: windows of 2 x 2 side by side, without padding. Every element lies in at most one window, so the backward pass writes
/// each once, and needs neither zeros before nor sums.
/// </summary>
static unsafe class MaxPool2x2
{
    internal static bool Fits(in Pool2dShape s) =>
        s is { KernelHeight: 2, KernelWidth: 2, StrideY: 2, StrideX: 2, PaddingY: 0, PaddingX: 0, DilationY: 1, DilationX: 1 };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Forward<V, T, E>(Team team, in Pool2dShape shape, T* x, T* y, E epilogue)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where E : struct, IEpilogue
    {
        nint channels = shape.Channels, height = shape.OutHeight, width = shape.OutWidth, line = shape.InWidth * channels, inImage = shape.InImage;
        team.Range(shape.Batch * height, 1, out nint from, out nint to);
        for (nint row = from; row < to; row++)
        {
            T* top = x + row / height * inImage + row % height * 2 * line;
            Row<V, T>(top, line, channels, width, y + row * width * channels);
            epilogue.Apply(0, row * width, width, 0, channels);
        }
    }

    /// <summary>One row of results, from the two rows at <paramref name="top"/>, which lie <paramref name="line"/> elements apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Row<V, T>(T* top, nint line, nint channels, nint width, T* output)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        for (nint outX = 0; outX < width; outX++, top += 2 * channels, output += channels)
        {
            nint c = 0;
            for (; c + V.Count <= channels; c += V.Count)
            {
                T* a = top + c;
                V largest = V.Load(a);
                MaxPool2d.Takes<V, T>(V.Load(a + channels), ref largest);
                MaxPool2d.Takes<V, T>(V.Load(a + line), ref largest);
                MaxPool2d.Takes<V, T>(V.Load(a + line + channels), ref largest);
                largest.Store(output + c);
            }
            nint left = channels - c;
            if (left > 0)
            {
                T* a = top + c;
                V largest = V.LoadPartial(a, left);
                MaxPool2d.Takes<V, T>(V.LoadPartial(a + channels, left), ref largest);
                MaxPool2d.Takes<V, T>(V.LoadPartial(a + line, left), ref largest);
                MaxPool2d.Takes<V, T>(V.LoadPartial(a + line + channels, left), ref largest);
                largest.StorePartial(output + c, left);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Backward<V, T, E>(Team team, in Pool2dShape shape, T* x, T* dy, T* dx, E epilogue)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where E : struct, IEpilogue
    {
        nint channels = shape.Channels, height = shape.OutHeight, width = shape.OutWidth, inWidth = shape.InWidth, line = inWidth * channels;
        nint inHeight = shape.InHeight, inImage = shape.InImage;
        team.Range(shape.Batch * height, 1, out nint from, out nint to);
        for (nint row = from; row < to; row++)
        {
            nint image = row / height, outY = row % height, place = image * inImage + outY * 2 * line;
            T* top = x + place, gradient = dx + place;
            T* arriving = dy + row * width * channels;
            for (nint outX = 0; outX < width; outX++, top += 2 * channels, gradient += 2 * channels, arriving += channels)
            {
                nint c = 0;
                for (; c + V.Count <= channels; c += V.Count)
                {
                    T* a = top + c, to0 = gradient + c;
                    V d0 = V.Load(arriving + c);
                    Share<V, T>(V.Load(a), V.Load(a + channels), V.Load(a + line), V.Load(a + line + channels), ref d0, out V d1, out V d2, out V d3);
                    d0.Store(to0);
                    d1.Store(to0 + channels);
                    d2.Store(to0 + line);
                    d3.Store(to0 + line + channels);
                }
                nint left = channels - c;
                if (left > 0)
                {
                    T* a = top + c, to0 = gradient + c;
                    V d0 = V.LoadPartial(arriving + c, left);
                    Share<V, T>(V.LoadPartial(a, left), V.LoadPartial(a + channels, left), V.LoadPartial(a + line, left), V.LoadPartial(a + line + channels, left),
                        ref d0, out V d1, out V d2, out V d3);
                    d0.StorePartial(to0, left);
                    d1.StorePartial(to0 + channels, left);
                    d2.StorePartial(to0 + line, left);
                    d3.StorePartial(to0 + line + channels, left);
                }
            }
            // What no window covers: an odd last column, and below the last window an odd last row.
            if (inWidth > 2 * width)
            {
                NativeMemory.Clear(gradient, (nuint)(channels * sizeof(T)));
                NativeMemory.Clear(gradient + line, (nuint)(channels * sizeof(T)));
            }
            nint lines = outY == height - 1 ? inHeight - 2 * outY : 2;
            if (lines > 2) NativeMemory.Clear(dx + place + 2 * line, (nuint)(line * sizeof(T)));
            epilogue.Apply(0, (image * inHeight + 2 * outY) * inWidth, lines * inWidth, 0, channels);
        }
    }

    /// <summary>The gradient goes to the one that counts; the others get 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Share<V, T>(V largest, V x1, V x2, V x3, ref V d0, out V d1, out V d2, out V d3)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        V takes1 = MaxPool2d.Takes<V, T>(x1, ref largest), takes2 = MaxPool2d.Takes<V, T>(x2, ref largest), takes3 = MaxPool2d.Takes<V, T>(x3, ref largest);
        d3 = V.Select(takes3, d0, V.Zero);
        d0 = V.Select(takes3, V.Zero, d0);
        d2 = V.Select(takes2, d0, V.Zero);
        d0 = V.Select(takes2, V.Zero, d0);
        d1 = V.Select(takes1, d0, V.Zero);
        d0 = V.Select(takes1, V.Zero, d0);
    }
}
