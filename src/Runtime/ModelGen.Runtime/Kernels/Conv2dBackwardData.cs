using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

public static unsafe partial class Conv2d
{
    /// <summary>
    /// dx from dy and w, then <paramref name="epilogue"/> on blocks of dx as the matrix [Batch * InHeight * InWidth, InChannels].
    /// Every member of the team calls it and computes a part; there is no barrier at the end. The bits of dx do not depend on the size of
    /// the team.
    /// </summary>
    /// <remarks>
    /// The rows of dx fall into StrideY phases and the columns into StrideX. Within one phase dx is a convolution of dy, at stride 1,
    /// with those weights that hit the phase, mirrored and with the channels transposed: nothing is multiplied with stuffed zeros.
    /// </remarks>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="shape">Sizes, of the forward convolution.</param>
    /// <param name="dy">[Batch, OutHeight, OutWidth, OutChannels].</param>
    /// <param name="w">[KernelHeight, KernelWidth, InChannels / Groups, OutChannels].</param>
    /// <param name="dx">[Batch, InHeight, InWidth, InChannels]; what it holds before is not read.</param>
    /// <param name="epilogue">What follows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void BackwardData<V, T, E>(Team team, in Conv2dShape shape, T* dy, T* w, T* dx, E epilogue)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where E : struct, IEpilogue
    {
        if (shape.IsMatMul)
        {
            nint pixels = (nint)shape.Batch * shape.OutHeight * shape.OutWidth;
            MatMul.Run<V, T, E>(
                team, MatMulShape.Contiguous(pixels, shape.InChannels, shape.OutChannels, transposeB: true), dy, w, dx, epilogue);
            return;
        }
        if (shape.IsDepthwise)
        {
            DepthwiseConv2d.BackwardData<V, T, E>(team, shape, dy, w, dx, epilogue);
            return;
        }
        // A unit is a row of every phase: StrideY rows of dx.
        nint units = (shape.InHeight + shape.StrideY - 1) / shape.StrideY;
        team.Range(shape.Batch * units, 1, out nint from, out nint to);
        if (from < to && shape.InWidth > 0 && shape.InChannels > 0)
            BackwardDataRows<V, T>(team, shape, dy, w, dx, from, to, units, EpilogueReference<T>.Of(ref epilogue));
    }

    /// <summary>The elements of the window that hit one phase of dx, of all phases along one dimension.</summary>
    /// <param name="Stride">The stride.</param>
    /// <param name="Padding">The padding.</param>
    /// <param name="Dilation">The dilation.</param>
    /// <param name="Size">The size of the window.</param>
    readonly record struct Phases(int Stride, int Padding, int Dilation, int Size)
    {
        /// <summary>The lowest offset of <see cref="Offset"/>, rounded down.</summary>
        internal nint Lowest => (nint)Math.Floor((Padding - (double)Dilation * (Size - 1)) / Stride);

        /// <summary>The highest offset, rounded up to what the last phase could have.</summary>
        internal nint Highest => (Stride - 1 + Padding) / Stride;

        internal bool Hits(nint phase, nint k) => (phase + Padding - k * Dilation) % Stride == 0;

        /// <summary>dx at q * Stride + phase gets w[k] dy[q + Offset].</summary>
        internal nint Offset(nint phase, nint k) => (phase + Padding - k * Dilation) / Stride;

        internal nint Count(nint phase)
        {
            nint count = 0;
            for (nint k = 0; k < Size; k++)
                count += Hits(phase, k) ? 1 : 0;
            return count;
        }

        /// <summary>True when the elements of a phase lie side by side in dy.</summary>
        internal bool Contiguous => Stride % Dilation == 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    static void BackwardDataRows<V, T>(
        Team team, in Conv2dShape shape, T* dy, T* w, T* dx, nint from, nint to, nint units, in EpilogueReference<T> epilogue)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        var vertical = new Phases(shape.StrideY, shape.PaddingY, shape.DilationY, shape.KernelHeight);
        var horizontal = new Phases(shape.StrideX, shape.PaddingX, shape.DilationX, shape.KernelWidth);
        nint haloWidth = (shape.InWidth + shape.StrideX - 1) / shape.StrideX + horizontal.Highest - horizontal.Lowest;
        nint haloRow = haloWidth * shape.OutChannels;
        nint span = vertical.Highest - vertical.Lowest + 1;
        nint chunk = Math.Max(1, HaloBytes / (haloRow * sizeof(T)) - span + 1);
        if (epilogue.IsThere)
            chunk = Math.Clamp(BlockBytesOut / ((nint)shape.InWidth * shape.InChannels * shape.StrideY * sizeof(T)), 1, chunk);
        chunk = Math.Min(chunk, units);

        bool rowSegments = horizontal.Contiguous && shape.Groups == 1;
        nint taps = (nint)shape.KernelHeight * shape.KernelWidth;
        int phaseCount = shape.StrideY * shape.StrideX;
        int panelCount = ConvPanels.Count<V, T>(shape.Groups, shape.GroupInChannels);
        nint packedCount = ConvPanels.PackedCount<V, T>(shape.Groups, shape.GroupInChannels, taps * shape.GroupOutChannels, true);

        nint panelBytes = Aligned((nint)phaseCount * panelCount * sizeof(Panel<T>));
        nint segmentBytes = Aligned(taps * sizeof(nint));
        nint weightBytes = Aligned(shape.WeightCount * sizeof(T));
        nint spillBytes = MicroKernels.SpillBytes<V>();
        byte* scratch = team.Scratch(
            spillBytes + panelBytes + segmentBytes + weightBytes + Aligned(packedCount * sizeof(T)) + (chunk - 1 + span) * haloRow * sizeof(T));
        T* spill = (T*)scratch;
        scratch += spillBytes;
        var panels = (Panel<T>*)scratch;
        scratch += panelBytes;
        nint* segments = (nint*)scratch;
        scratch += segmentBytes;
        T* weights = (T*)scratch;
        scratch += weightBytes;
        T* packed = (T*)scratch;
        T* halo = (T*)(scratch + Aligned(packedCount * sizeof(T)));
        PrepareWeights<V, T>(shape, vertical, horizontal, w, weights, panels, panelCount, packed, segments, haloRow);

        Tile<T> tile;
        tile.ARow = shape.OutChannels;
        tile.AColumn = 1;
        tile.CRow = (nint)shape.StrideX * shape.InChannels;
        tile.Accumulate = false;
        int panelsPerGroup = panelCount / shape.Groups;
        while (from < to)
        {
            nint image = from / units, unit = from - image * units;
            nint rows = Math.Min(Math.Min(chunk, units - unit), to - from);
            Halo.Copy(
                dy + image * shape.OutImage, shape.OutHeight, shape.OutWidth, shape.OutChannels, unit + vertical.Lowest, rows - 1 + span,
                horizontal.Lowest, haloWidth, halo);
            nint firstRow = unit * shape.StrideY, lastRow = Math.Min(shape.InHeight, (unit + rows) * shape.StrideY);
            T* output = dx + image * shape.InImage;
            tile.Segments = segments;
            Panel<T>* phasePanels = panels;
            for (nint phaseY = 0; phaseY < shape.StrideY; phaseY++)
            {
                nint tapsY = vertical.Count(phaseY);
                for (nint phaseX = 0; phaseX < shape.StrideX; phaseX++)
                {
                    nint tapsX = horizontal.Count(phaseX);
                    tile.SegmentCount = tapsX == 0 ? 0 : rowSegments ? tapsY : tapsY * tapsX;
                    tile.SegmentLength = rowSegments ? tapsX * shape.OutChannels : shape.GroupOutChannels;
                    nint columns = (shape.InWidth - phaseX + shape.StrideX - 1) / shape.StrideX;
                    for (int p = 0; p < panelCount; p++)
                    {
                        tile.BRow = phasePanels[p].BRow;
                        T* group = halo + p / panelsPerGroup * shape.GroupOutChannels;
                        for (nint y = firstRow + phaseY; y < lastRow; y += shape.StrideY)
                        {
                            tile.A = group + (y / shape.StrideY - unit) * haloRow;
                            tile.B = phasePanels[p].B;
                            tile.C = output + (y * shape.InWidth + phaseX) * shape.InChannels + phasePanels[p].Column;
                            MicroKernels.RunRows<V, T>(&tile, columns, phasePanels[p].Vectors, phasePanels[p].Columns, spill);
                        }
                    }
                    tile.Segments += tile.SegmentCount;
                    phasePanels += panelCount;
                }
            }
            epilogue.Apply(
                0, (image * shape.InHeight + firstRow) * shape.InWidth, (lastRow - firstRow) * shape.InWidth, 0, shape.InChannels);
            from += rows;
        }
    }

    /// <summary>
    /// For every phase the weights that hit it, as a matrix [taps * output channels of a group, input channels] divided into panels,
    /// and where each of its taps lies in dy with its halo.
    /// </summary>
    static void PrepareWeights<V, T>(
        in Conv2dShape shape, Phases vertical, Phases horizontal, T* w, T* weights, Panel<T>* panels, int panelCount, T* packed,
        nint* segments, nint haloRow)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        bool rowSegments = horizontal.Contiguous && shape.Groups == 1;
        for (nint phaseY = 0; phaseY < shape.StrideY; phaseY++)
        {
            for (nint phaseX = 0; phaseX < shape.StrideX; phaseX++)
            {
                T* matrix = weights;
                // From the last element of the window to the first: their places in dy ascend.
                for (nint ky = shape.KernelHeight - 1; ky >= 0; ky--)
                {
                    if (!vertical.Hits(phaseY, ky))
                        continue;
                    bool firstOfRow = true;
                    for (nint kx = shape.KernelWidth - 1; kx >= 0; kx--)
                    {
                        if (!horizontal.Hits(phaseX, kx))
                            continue;
                        if (firstOfRow || !rowSegments)
                            *segments++ = (vertical.Offset(phaseY, ky) - vertical.Lowest) * haloRow
                                + (horizontal.Offset(phaseX, kx) - horizontal.Lowest) * shape.OutChannels;
                        firstOfRow = false;
                        T* tap = w + (ky * shape.KernelWidth + kx) * shape.GroupInChannels * shape.OutChannels;
                        for (nint g = 0; g < shape.Groups; g++)
                            Transposition.Run(
                                tap + g * shape.GroupOutChannels, shape.OutChannels, weights + g * shape.GroupInChannels, shape.InChannels,
                                shape.GroupInChannels, shape.GroupOutChannels);
                        weights += (nint)shape.GroupOutChannels * shape.InChannels;
                    }
                }
                nint k = (nint)(weights - matrix) / shape.InChannels;
                ConvPanels.Divide<V, T>(panels, matrix, k, shape.Groups, shape.GroupInChannels, true, packed);
                panels += panelCount;
                packed += ConvPanels.PackedCount<V, T>(shape.Groups, shape.GroupInChannels, k, true);
            }
        }
    }
}
