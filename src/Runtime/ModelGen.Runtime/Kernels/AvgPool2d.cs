using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>The mean of every window, channel by channel.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class AvgPool2d
{
    /// <summary>
    /// y[n, oy, ox, c] = the sum of x in the window, divided by the size of the window, or, when padding does not count, by how many of its
    /// elements lie inside the image. Every member of the team calls it and computes a part; no barrier at the end.
    /// </summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="countIncludePadding">True to divide by the size of the whole window also at the border.</param>
    /// <param name="x">[Batch, InHeight, InWidth, Channels].</param>
    /// <param name="y">[Batch, OutHeight, OutWidth, Channels].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<V, T>(Team team, in Pool2dShape shape, bool countIncludePadding, T* x, T* y)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
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
                V divisor = V.FromDouble(Divisor(shape, countIncludePadding, vertical, horizontal));
                for (nint c = 0; c < channels; c += V.Count)
                {
                    nint left = channels - c;
                    V sum = V.Zero;
                    for (nint ky = vertical.From; ky < vertical.To; ky++)
                    {
                        T* at = image + ((vertical.Start + ky * shape.DilationY) * shape.InWidth + horizontal.Start) * channels + c;
                        for (nint kx = horizontal.From; kx < horizontal.To; kx++)
                        {
                            T* element = at + kx * shape.DilationX * channels;
                            sum += V.LoadPartial(element, left);
                        }
                    }
                    (sum / divisor).StorePartial(output + c, left);
                }
            }
        }
    }

    /// <summary>
    /// dx[n, iy, ix, c] = the sum of dy / divisor over the windows that cover the element. dx is overwritten. Every member of the
    /// team calls it and computes a part; no barrier at the end.
    /// </summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="countIncludePadding">As in the forward pass.</param>
    /// <param name="dy">[Batch, OutHeight, OutWidth, Channels].</param>
    /// <param name="dx">[Batch, InHeight, InWidth, Channels]; what it holds before is not read.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<V, T>(Team team, in Pool2dShape shape, bool countIncludePadding, T* dy, T* dx)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        nint channels = shape.Channels;
        team.Range((nint)shape.Batch * shape.InHeight, 1, out nint from, out nint to);
        for (nint row = from; row < to; row++)
        {
            T* image = dy + row / shape.InHeight * shape.OutImage;
            T* gradient = dx + row * shape.InWidth * channels;
            Span covering = Span.Of(row % shape.InHeight, shape.StrideY, shape.PaddingY, shape.DilationY, shape.KernelHeight, shape.OutHeight);
            for (nint inX = 0; inX < shape.InWidth; inX++, gradient += channels)
            {
                Span across = Span.Of(inX, shape.StrideX, shape.PaddingX, shape.DilationX, shape.KernelWidth, shape.OutWidth);
                for (nint c = 0; c < channels; c += V.Count)
                {
                    nint left = channels - c;
                    V sum = V.Zero;
                    for (nint outY = covering.From; outY < covering.To; outY++)
                    {
                        Window vertical = shape.Vertical(outY);
                        for (nint outX = across.From; outX < across.To; outX++)
                        {
                            if (!Covers(vertical.Start, row % shape.InHeight, shape.DilationY))
                                continue;
                            Window horizontal = shape.Horizontal(outX);
                            if (!Covers(horizontal.Start, inX, shape.DilationX))
                                continue;
                            T* at = image + (outY * shape.OutWidth + outX) * channels + c;
                            V value = V.LoadPartial(at, left);
                            sum += value / V.FromDouble(Divisor(shape, countIncludePadding, vertical, horizontal));
                        }
                    }
                    sum.StorePartial(gradient + c, left);
                }
            }
        }
    }

    static bool Covers(nint start, nint position, nint dilation) => (position - start) % dilation == 0;

    static double Divisor(in Pool2dShape shape, bool countIncludePadding, Window vertical, Window horizontal) =>
        countIncludePadding
            ? (double)shape.KernelHeight * shape.KernelWidth
            : (double)(vertical.To - vertical.From) * (horizontal.To - horizontal.From);

    /// <summary>The output positions whose windows reach over an input position, along one dimension.</summary>
    readonly record struct Span(nint From, nint To)
    {
        internal static Span Of(nint position, nint stride, nint padding, nint dilation, nint size, nint outputSize)
        {
            nint firstStart = position + padding - dilation * (size - 1);
            nint from = firstStart <= 0 ? 0 : (firstStart + stride - 1) / stride;
            return new(from, Math.Min(outputSize, (position + padding) / stride + 1));
        }
    }
}
