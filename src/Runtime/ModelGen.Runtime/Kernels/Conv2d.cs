using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>Two-dimensional convolutions of channels-last images. No im2col: windows are walked in place, on rows with a halo of zeros.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe partial class Conv2d
{
    // Rows of a few images with their halo stay within a share of the second-level cache; a block of output in the first.
    const nint HaloBytes = 128 << 10;
    const nint BlockBytesOut = 16 << 10;

    // Weights beyond this are read from memory again for each block of output; then blocks are as large as the second-level cache allows.
    const nint LargeWeightBytes = 256 << 10;
    const nint HaloBytesOfLarge = 256 << 10;
    const nint BlockBytesOutOfLarge = 128 << 10;

    /// <summary>
    /// y = x convolved with w, then <paramref name="epilogue"/> on blocks of y as the matrix
    /// [Batch * OutHeight * OutWidth, OutChannels]. Every member of the team calls it and computes a part; there is no barrier at the end.
    /// The bits of y do not depend on the size of the team.
    /// </summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">[Batch, InHeight, InWidth, InChannels].</param>
    /// <param name="w">[KernelHeight, KernelWidth, InChannels / Groups, OutChannels].</param>
    /// <param name="y">[Batch, OutHeight, OutWidth, OutChannels]; what it holds before is not read.</param>
    /// <param name="epilogue">What follows.</param>
    /// <param name="panels">w once more, as <see cref="WeightPanels"/> of a matrix with a column for each output channel; null when there is no such copy, or groups.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<V, T, E>(Team team, in Conv2dShape shape, T* x, T* w, T* y, E epilogue, T* panels = null)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where E : struct, IEpilogue
    {
        if (shape.IsMatMul)
        {
            nint pixels = (nint)shape.Batch * shape.OutHeight * shape.OutWidth;
            MatMul.Run<V, T, E>(team, MatMulShape.Contiguous(pixels, shape.OutChannels, shape.InChannels), x, w, y, epilogue, panels);
            return;
        }
        if (shape.IsDepthwise)
        {
            DepthwiseConv2d.Forward<V, T, E>(team, shape, x, w, y, epilogue);
            return;
        }
        nint rows = (nint)shape.Batch * shape.OutHeight;
        int panelCount = ConvPanels.Count<V, T>(shape.Groups, shape.GroupOutChannels);
        // Few images are divided by output channels, when each thread would otherwise read all of many weights.
        bool byPanels = panels != null && shape.Batch < team.Count && IsLarge<T>(shape);
        team.Range(byPanels ? panelCount : rows, 1, out nint from, out nint to);
        if (from >= to || shape.OutWidth == 0 || rows == 0)
            return;
        var follows = EpilogueReference<T>.Of(ref epilogue);
        if (byPanels)
            ForwardRows<V, T>(team, shape, x, w, y, null, 0, rows, (int)from, (int)to, follows, default, panels);
        else
            ForwardRows<V, T>(team, shape, x, w, y, null, from, to, 0, panelCount, follows, default, panels);
    }

    static bool IsLarge<T>(in Conv2dShape shape) where T : unmanaged => shape.WeightCount * sizeof(T) > LargeWeightBytes;

    /// <summary>
    /// As <see cref="Forward"/>, and then the largest of each 2 x 2 pixels, block by block while a block is in the first-level cache: y as a whole is
    /// never there. Then <paramref name="pooledEpilogue"/> on blocks of the result. Not for 1 x 1 windows, nor for groups.
    /// </summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="shape">Sizes of the convolution.</param>
    /// <param name="x">[Batch, InHeight, InWidth, InChannels].</param>
    /// <param name="w">[KernelHeight, KernelWidth, InChannels, OutChannels].</param>
    /// <param name="y">Room for [Batch, OutHeight, OutWidth, OutChannels]; its contents are undefined afterwards.</param>
    /// <param name="pooled">[Batch, OutHeight / 2, OutWidth / 2, OutChannels]; what it holds before is not read.</param>
    /// <param name="epilogue">What follows the convolution: it reads nothing that depends on the row.</param>
    /// <param name="pooledEpilogue">What follows the pooling, on [1, Batch * (OutHeight / 2) * (OutWidth / 2), OutChannels].</param>
    /// <param name="panels">w once more, as <see cref="WeightPanels"/>; null when there is no such copy.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ForwardPooled<V, T, E, P>(Team team, in Conv2dShape shape, T* x, T* w, T* y, T* pooled, E epilogue, P pooledEpilogue, T* panels = null)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where E : struct, IEpilogue
        where P : struct, IEpilogue
    {
        // In pairs of rows; an odd last row is in no window.
        team.Range((nint)shape.Batch * (shape.OutHeight / 2), 1, out nint from, out nint to);
        if (from < to && shape.OutWidth > 1 && shape.OutChannels > 0)
            ForwardRows<V, T>(team, shape, x, w, y, pooled, from, to, 0, ConvPanels.Count<V, T>(shape.Groups, shape.GroupOutChannels),
                EpilogueReference<T>.Of(ref epilogue), EpilogueReference<T>.Of(ref pooledEpilogue), panels);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    static void ForwardRows<V, T>(Team team, in Conv2dShape shape, T* x, T* w, T* y, T* pooled, nint from, nint to, int firstPanel, int endPanel,
        in EpilogueReference<T> epilogue, in EpilogueReference<T> pooledEpilogue, T* weightPanels)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        nint k = (nint)shape.KernelHeight * shape.KernelWidth * shape.GroupInChannels;
        nint span = (nint)shape.DilationY * (shape.KernelHeight - 1) + 1;
        bool padded = shape.PaddingY > 0 || shape.PaddingX > 0;
        nint haloWidth = shape.InWidth + 2 * shape.PaddingX;
        nint haloRow = haloWidth * shape.InChannels;

        // As many output rows at a time as keep the input rows in cache, and the output, when something follows.
        bool large = IsLarge<T>(shape);
        nint chunk = Math.Max(1, ((large ? HaloBytesOfLarge : HaloBytes) / (haloRow * sizeof(T)) - span) / shape.StrideY + 1);
        if (epilogue.IsThere || pooled != null)
            chunk = Math.Clamp((large ? BlockBytesOutOfLarge : BlockBytesOut) / ((nint)shape.OutWidth * shape.OutChannels * sizeof(T)), 1, chunk);
        chunk = Math.Min(chunk, shape.OutHeight);
        // Work is counted in rows, or in pairs of rows when they are pooled.
        nint unit = pooled != null ? 2 : 1, unitsPerImage = shape.OutHeight / unit;
        chunk = Math.Max(unit, chunk / unit * unit);
        nint haloRows = padded ? (chunk - 1) * shape.StrideY + span : 0;

        // A segment is what lies contiguously in the input: a row of the window, or one pixel of it.
        bool rowSegments = shape.DilationX == 1 && shape.Groups == 1;
        nint segmentCount = rowSegments ? shape.KernelHeight : (nint)shape.KernelHeight * shape.KernelWidth;
        int panelCount = ConvPanels.Count<V, T>(shape.Groups, shape.GroupOutChannels);
        nint packedCount = weightPanels != null ? 0 : ConvPanels.PackedCount<V, T>(shape.Groups, shape.GroupOutChannels, k, true);

        // Rows whose tiles would be low, which hides the latency of their sums badly, share tiles with the next row.
        nint chunkPixels = chunk * shape.OutWidth;
        bool anywhere = MicroKernels.HasTilesAnywhere<V>()
            && 10 * MicroKernels.TilesAnywhere(chunkPixels) <= 9 * chunk * MicroKernels.TilesAnywhere(shape.OutWidth);
        nint pixelCount = anywhere ? chunkPixels : 0;

        nint spillBytes = MicroKernels.SpillBytes<V>();
        nint headBytes = spillBytes + Aligned(panelCount * sizeof(Panel<T>)) + Aligned(segmentCount * sizeof(nint)) + Aligned(pixelCount * sizeof(nint));
        byte* scratch = team.Scratch(headBytes + Aligned(packedCount * sizeof(T)) + haloRows * haloRow * sizeof(T));
        T* spill = (T*)scratch;
        var panels = (Panel<T>*)(scratch + spillBytes);
        nint* segments = (nint*)((byte*)panels + Aligned(panelCount * sizeof(Panel<T>)));
        nint* pixels = (nint*)((byte*)segments + Aligned(segmentCount * sizeof(nint)));
        T* packed = (T*)(scratch + headBytes);
        T* halo = (T*)(scratch + headBytes + Aligned(packedCount * sizeof(T)));

        if (weightPanels != null)
            WeightPanels.Find<V, T>(panels, weightPanels, k, shape.OutChannels, 0, 0, shape.OutChannels);
        else
            ConvPanels.Divide<V, T>(panels, w, k, shape.Groups, shape.GroupOutChannels, true, packed);
        for (nint s = 0; s < segmentCount; s++)
            segments[s] = rowSegments
                ? s * shape.DilationY * haloRow
                : s / shape.KernelWidth * shape.DilationY * haloRow + s % shape.KernelWidth * shape.DilationX * shape.InChannels;

        for (nint i = 0; i < pixelCount; i++)
            pixels[i] = i / shape.OutWidth * shape.StrideY * haloRow + i % shape.OutWidth * shape.StrideX * shape.InChannels;

        Tile<T> tile;
        tile.ARow = (nint)shape.StrideX * shape.InChannels;
        tile.AColumn = 1;
        tile.Segments = segments;
        tile.SegmentCount = segmentCount;
        tile.SegmentLength = rowSegments ? (nint)shape.KernelWidth * shape.InChannels : shape.GroupInChannels;
        tile.CRow = shape.OutChannels;
        tile.Accumulate = false;
        int panelsPerGroup = panelCount / shape.Groups;
        nint firstColumn = panels[firstPanel].Column, endColumn = panels[endPanel - 1].Column + panels[endPanel - 1].Columns;
        nint blockRow = -1;
        while (from < to)
        {
            nint image = from / unitsPerImage, outY = (from - image * unitsPerImage) * unit;
            nint rows = Math.Min(Math.Min(chunk, unitsPerImage * unit - outY), (to - from) * unit);
            T* input = x + image * shape.InImage;
            T* first = input + outY * shape.StrideY * haloRow;
            if (padded)
            {
                nint inputRow = outY * shape.StrideY - shape.PaddingY;
                Halo.Copy(
                    input, shape.InHeight, shape.InWidth, shape.InChannels, inputRow, (rows - 1) * shape.StrideY + span, -shape.PaddingX,
                    haloWidth, halo);
                first = halo;
            }
            // To be pooled, each block of a thread takes the place of its first: no other thread's rows are there, and all of it stays in the cache.
            nint row = image * shape.OutHeight + outY;
            if (pooled != null && blockRow < 0)
                blockRow = row;
            row = pooled != null ? blockRow : row;
            T* output = y + row * shape.OutWidth * shape.OutChannels;
            for (int p = firstPanel; p < endPanel; p++)
            {
                tile.BRow = panels[p].BRow;
                T* group = first + p / panelsPerGroup * shape.GroupInChannels;
                if (anywhere && panels[p].Vectors == 2)
                {
                    tile.A = group;
                    tile.RowOffsets = pixels;
                    tile.B = panels[p].B;
                    tile.C = output + panels[p].Column;
                    MicroKernels.RunRowsAnywhere<V, T>(&tile, rows * shape.OutWidth, panels[p].Columns, spill);
                    continue;
                }
                for (nint r = 0; r < rows; r++)
                {
                    tile.A = group + r * shape.StrideY * haloRow;
                    tile.B = panels[p].B;
                    tile.C = output + r * shape.OutWidth * shape.OutChannels + panels[p].Column;
                    MicroKernels.RunRows<V, T>(&tile, shape.OutWidth, panels[p].Vectors, panels[p].Columns, spill);
                }
            }
            epilogue.Apply(0, row * shape.OutWidth, rows * shape.OutWidth, firstColumn, endColumn - firstColumn);
            nint line = (nint)shape.OutWidth * shape.OutChannels, width = shape.OutWidth / 2;
            for (nint r = 0; pooled != null && r < rows; r += 2)
                MaxPool2x2.Row<V, T>(output + r * line, line, shape.OutChannels, width, pooled + (from + r / 2) * width * shape.OutChannels);
            if (pooled != null) pooledEpilogue.Apply(0, from * width, rows / 2 * width, 0, shape.OutChannels);
            from += rows / unit;
        }
    }

    static nint Aligned(nint bytes) => (bytes + 63) & ~(nint)63;
}
