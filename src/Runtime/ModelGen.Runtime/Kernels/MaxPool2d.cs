using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>The largest element of every window, channel by channel. Padding counts as -inf; a NaN in the window is the result.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class MaxPool2d
{
    /// <summary>
    /// y[n, oy, ox, c] = the largest x in the window. Every member of the team calls it and computes a part; no barrier at the end.
    /// </summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">[Batch, InHeight, InWidth, Channels].</param>
    /// <param name="y">[Batch, OutHeight, OutWidth, Channels].</param>
    /// <param name="epilogue">What follows, on y as [1, Batch * OutHeight * OutWidth, Channels].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<V, T, E>(Team team, in Pool2dShape shape, T* x, T* y, E epilogue)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where E : struct, IEpilogue
    {
        if (MaxPool2x2.Fits(shape))
        {
            MaxPool2x2.Forward<V, T, E>(team, shape, x, y, epilogue);
            return;
        }
        nint channels = shape.Channels;
        team.Range((nint)shape.Batch * shape.OutHeight, 1, out nint from, out nint to);
        for (nint row = from; row < to; row++)
        {
            T* image = x + row / shape.OutHeight * shape.InImage;
            T* output = y + row * shape.OutWidth * channels;
            Window vertical = shape.Vertical(row % shape.OutHeight);
            for (nint outX = 0; outX < shape.OutWidth; outX++, output += channels)
            {
                Window horizontal = shape.Horizontal(outX);
                for (nint c = 0; c < channels; c += V.Count)
                    Largest<V, T>(shape, image + c, vertical, horizontal, channels - c, out _).StorePartial(output + c, channels - c);
            }
            epilogue.Apply(0, row * shape.OutWidth, shape.OutWidth, 0, channels);
        }
    }

    /// <summary>
    /// dx from dy: the first of the largest elements of the window, in row-major order, gets all of the gradient; where there are NaNs, the
    /// last of them; both as in PyTorch. dx is overwritten. Every member of the team calls it and computes a part; no barrier at the end.
    /// </summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">[Batch, InHeight, InWidth, Channels].</param>
    /// <param name="dy">[Batch, OutHeight, OutWidth, Channels].</param>
    /// <param name="dx">[Batch, InHeight, InWidth, Channels]; what it holds before is not read.</param>
    /// <param name="epilogue">What follows, on dx as [1, Batch * InHeight * InWidth, Channels].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<V, T, E>(Team team, in Pool2dShape shape, T* x, T* dy, T* dx, E epilogue)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where E : struct, IEpilogue
    {
        if (MaxPool2x2.Fits(shape))
        {
            MaxPool2x2.Backward<V, T, E>(team, shape, x, dy, dx, epilogue);
            return;
        }
        // Windows may overlap, so a thread owns the channels of a whole image; vectors of one image go to different threads.
        nint channels = shape.Channels, grain = 4 * V.Count, parts = Math.Max(1, (channels + grain - 1) / grain);
        team.Range(shape.Batch * parts, 1, out nint from, out nint to);
        for (nint unit = from; unit < to; unit++)
        {
            nint image = unit / parts, first = unit % parts * grain, last = Math.Min(channels, first + grain);
            T* input = x + image * shape.InImage, gradient = dx + image * shape.InImage, output = dy + image * shape.OutImage;
            for (nint pixel = 0; pixel < (nint)shape.InHeight * shape.InWidth; pixel++)
                NativeMemory.Clear(gradient + pixel * channels + first, (nuint)((last - first) * sizeof(T)));
            for (nint outY = 0; outY < shape.OutHeight; outY++)
            {
                Window vertical = shape.Vertical(outY);
                for (nint outX = 0; outX < shape.OutWidth; outX++)
                {
                    Window horizontal = shape.Horizontal(outX);
                    T* arriving = output + (outY * shape.OutWidth + outX) * channels;
                    for (nint c = first; c < last; c += V.Count)
                        Scatter<V, T>(shape, input + c, gradient + c, arriving + c, vertical, horizontal, last - c);
                }
            }
            nint pixels = (nint)shape.InHeight * shape.InWidth;
            epilogue.Apply(0, image * pixels, pixels, first, last - first);
        }
    }

    /// <summary>The largest lanes of a window, and for each lane the number, in row-major order inside the image, of the one that counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Largest<V, T>(in Pool2dShape shape, T* image, Window vertical, Window horizontal, nint count, out V number)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        V largest = V.FromDouble(double.NegativeInfinity), position = V.Zero;
        number = V.Zero;
        nint channels = shape.Channels;
        for (nint ky = vertical.From; ky < vertical.To; ky++)
        {
            T* row = image + (vertical.Start + ky * shape.DilationY) * shape.InWidth * channels;
            for (nint kx = horizontal.From; kx < horizontal.To; kx++)
            {
                T* from = row + (horizontal.Start + kx * shape.DilationX) * channels;
                V value = V.LoadPartial(from, count);
                V takes = Takes<V, T>(value, ref largest);
                number = V.Select(takes, position, number);
                position += V.One;
            }
        }
        return largest;
    }

    /// <summary>Replaces the lanes of the largest that are smaller, and says which. Nothing is larger than NaN, so a NaN stays; of several the last one counts, as in PyTorch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Takes<V, T>(V value, ref V largest)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        V takes = V.Or(V.GreaterThan(value, largest), V.NotEqual(value, value));
        largest = V.Select(takes, value, largest);
        return takes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Scatter<V, T>(in Pool2dShape shape, T* image, T* gradient, T* arriving, Window vertical, Window horizontal, nint count)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        Largest<V, T>(shape, image, vertical, horizontal, count, out V number);
        V dy = V.LoadPartial(arriving, count);
        V position = V.Zero;
        nint channels = shape.Channels;
        for (nint ky = vertical.From; ky < vertical.To; ky++)
        {
            T* row = gradient + (vertical.Start + ky * shape.DilationY) * shape.InWidth * channels;
            for (nint kx = horizontal.From; kx < horizontal.To; kx++)
            {
                T* to = row + (horizontal.Start + kx * shape.DilationX) * channels;
                V share = V.Select(V.Equal(position, number), dy, V.Zero);
                (V.LoadPartial(to, count) + share).StorePartial(to, count);
                position += V.One;
            }
        }
    }
}
