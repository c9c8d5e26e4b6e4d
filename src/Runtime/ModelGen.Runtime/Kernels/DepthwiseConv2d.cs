using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>Convolutions in which every channel is a group of its own: vectors run along the channels, and no halo is needed.</summary>
static unsafe class DepthwiseConv2d
{
    /// <summary>y[p, c] = sum over the window of x[p + t, c] w[t, c].</summary>
    internal static void Forward<V, T, E>(Team team, in Conv2dShape shape, T* x, T* w, T* y, E epilogue)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where E : struct, IEpilogue
    {
        team.Range((nint)shape.Batch * shape.OutHeight, 1, out nint from, out nint to);
        for (nint row = from; row < to; row++)
        {
            nint image = row / shape.OutHeight, outY = row % shape.OutHeight;
            ForwardRow<V, T>(shape, x + image * shape.InImage, w, y + row * shape.OutWidth * shape.OutChannels, outY);
            epilogue.Apply(0, row * shape.OutWidth, shape.OutWidth, 0, shape.OutChannels);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void ForwardRow<V, T>(in Conv2dShape shape, T* x, T* w, T* y, nint outY)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        nint channels = shape.OutChannels;
        Window vertical = Window.At(outY, shape.StrideY, shape.PaddingY, shape.DilationY, shape.KernelHeight, shape.InHeight);
        for (nint outX = 0; outX < shape.OutWidth; outX++, y += channels)
        {
            Window horizontal = Window.At(outX, shape.StrideX, shape.PaddingX, shape.DilationX, shape.KernelWidth, shape.InWidth);
            for (nint c = 0; c < channels; c += V.Count)
            {
                nint left = channels - c;
                V sum = V.Zero;
                for (nint ky = vertical.From; ky < vertical.To; ky++)
                {
                    T* xRow = x + (vertical.Start + ky * shape.DilationY) * shape.InWidth * channels + c;
                    T* wRow = w + ky * shape.KernelWidth * channels + c;
                    for (nint kx = horizontal.From; kx < horizontal.To; kx++)
                    {
                        T* from = xRow + (horizontal.Start + kx * shape.DilationX) * channels, weight = wRow + kx * channels;
                        sum = left >= V.Count
                            ? V.MultiplyAdd(V.Load(from), V.Load(weight), sum)
                            : V.MultiplyAdd(V.LoadPartial(from, left), V.LoadPartial(weight, left), sum);
                    }
                }
                sum.StorePartial(y + c, left);
            }
        }
    }

    /// <summary>dx[p, c] = sum over the windows that cover p of dy[q, c] w[t, c].</summary>
    internal static void BackwardData<V, T, E>(Team team, in Conv2dShape shape, T* dy, T* w, T* dx, E epilogue)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where E : struct, IEpilogue
    {
        team.Range((nint)shape.Batch * shape.InHeight, 1, out nint from, out nint to);
        for (nint row = from; row < to; row++)
        {
            nint image = row / shape.InHeight, inY = row % shape.InHeight;
            BackwardDataRow<V, T>(shape, dy + image * shape.OutImage, w, dx + row * shape.InWidth * shape.InChannels, inY);
            epilogue.Apply(0, row * shape.InWidth, shape.InWidth, 0, shape.InChannels);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void BackwardDataRow<V, T>(in Conv2dShape shape, T* dy, T* w, T* dx, nint inY)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        nint channels = shape.InChannels;
        for (nint inX = 0; inX < shape.InWidth; inX++, dx += channels)
        {
            for (nint c = 0; c < channels; c += V.Count)
            {
                nint left = channels - c;
                V sum = V.Zero;
                for (nint ky = 0; ky < shape.KernelHeight; ky++)
                {
                    nint outY = Window.Source(inY, ky, shape.StrideY, shape.PaddingY, shape.DilationY, shape.OutHeight);
                    if (outY < 0)
                        continue;
                    for (nint kx = 0; kx < shape.KernelWidth; kx++)
                    {
                        nint outX = Window.Source(inX, kx, shape.StrideX, shape.PaddingX, shape.DilationX, shape.OutWidth);
                        if (outX < 0)
                            continue;
                        T* from = dy + (outY * shape.OutWidth + outX) * channels + c, weight = w + (ky * shape.KernelWidth + kx) * channels + c;
                        sum = left >= V.Count
                            ? V.MultiplyAdd(V.Load(from), V.Load(weight), sum)
                            : V.MultiplyAdd(V.LoadPartial(from, left), V.LoadPartial(weight, left), sum);
                    }
                }
                sum.StorePartial(dx + c, left);
            }
        }
    }

    /// <summary>dw[t, c] = sum over images and pixels of x[p + t, c] dy[p, c]; a thread owns whole vectors of channels of one t.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void BackwardWeight<V, T>(Team team, in Conv2dShape shape, T* x, T* dy, T* dw)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        nint channels = shape.OutChannels, vectors = (channels + V.Count - 1) / V.Count;
        team.Range((nint)shape.KernelHeight * shape.KernelWidth * vectors, 1, out nint from, out nint to);
        for (nint unit = from; unit < to; unit++)
        {
            nint tap = unit / vectors, c = unit % vectors * V.Count, left = channels - c;
            nint ky = tap / shape.KernelWidth, kx = tap % shape.KernelWidth;
            V total = V.Zero;
            for (nint row = 0; row < (nint)shape.Batch * shape.OutHeight; row++)
            {
                nint image = row / shape.OutHeight, inY = row % shape.OutHeight * shape.StrideY - shape.PaddingY + ky * shape.DilationY;
                if (inY < 0 || inY >= shape.InHeight)
                    continue;
                T* input = x + image * shape.InImage + inY * shape.InWidth * channels + c;
                T* gradient = dy + row * shape.OutWidth * channels + c;
                V sum = V.Zero;
                for (nint outX = 0; outX < shape.OutWidth; outX++)
                {
                    nint inX = outX * shape.StrideX - shape.PaddingX + kx * shape.DilationX;
                    if (inX < 0 || inX >= shape.InWidth)
                        continue;
                    sum = V.MultiplyAdd(
                        V.LoadPartial(input + inX * channels, left), V.LoadPartial(gradient + outX * channels, left), sum);
                }
                total += sum;
            }
            total.StorePartial(dw + tap * channels + c, left);
        }
    }
}
