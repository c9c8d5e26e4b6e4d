using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

public static unsafe partial class Conv2d
{
    // The rows of x and dy between two visits to the same sums stay in the first-level cache.
    const nint BackwardWeightBytes = 24 << 10;

    /// <summary>
    /// dw from x and dy, summed over images and pixels in row-major order. Every member of the team calls it and computes a part of
    /// dw; there is no barrier at the end. The bits of dw do not depend on the size of the team.
    /// </summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="shape">Sizes, of the forward convolution.</param>
    /// <param name="x">[Batch, InHeight, InWidth, InChannels].</param>
    /// <param name="dy">[Batch, OutHeight, OutWidth, OutChannels].</param>
    /// <param name="dw">[KernelHeight, KernelWidth, InChannels / Groups, OutChannels]; what it holds before is not read.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void BackwardWeight<V, T>(Team team, in Conv2dShape shape, T* x, T* dy, T* dw)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        if (shape.Batch == 0)
        {
            team.Range(shape.WeightCount, 16, out nint first, out nint last);
            NativeMemory.Clear(dw + first, (nuint)((last - first) * sizeof(T)));
            return;
        }
        if (shape.IsDepthwise)
        {
            DepthwiseConv2d.BackwardWeight<V, T>(team, shape, x, dy, dw);
            return;
        }
        // Rows of dw that lie contiguously in x for a fixed output pixel: a row of the window, or one pixel of it in one group.
        bool rowSets = shape.DilationX == 1 && shape.Groups == 1;
        nint setRows = rowSets ? (nint)shape.KernelWidth * shape.InChannels : shape.GroupInChannels;
        nint sets = rowSets ? shape.KernelHeight : (nint)shape.KernelHeight * shape.KernelWidth;
        nint grain = MicroKernels.MaxRows<V>(2);
        nint tilesPerSet = (setRows + grain - 1) / grain;
        int panelCount = ConvPanels.Count<V, T>(shape.Groups, shape.GroupOutChannels);
        bool byColumns = panelCount > sets * tilesPerSet;
        team.Range(byColumns ? panelCount : sets * tilesPerSet, 1, out nint from, out nint to);
        if (from < to)
            BackwardWeightPart<V, T>(
                team, shape, x, dy, dw, setRows, tilesPerSet, byColumns ? 0 : from, byColumns ? sets * tilesPerSet : to,
                byColumns ? (int)from : 0, byColumns ? (int)to : panelCount);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    static void BackwardWeightPart<V, T>(
        Team team, in Conv2dShape shape, T* x, T* dy, T* dw, nint setRows, nint tilesPerSet, nint tileFrom, nint tileTo, int panelFrom,
        int panelTo)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        bool rowSets = shape.DilationX == 1 && shape.Groups == 1;
        nint grain = MicroKernels.MaxRows<V>(2);
        nint span = (nint)shape.DilationY * (shape.KernelHeight - 1) + 1;
        bool padded = shape.PaddingY > 0 || shape.PaddingX > 0;
        nint haloWidth = shape.InWidth + 2 * shape.PaddingX;
        nint haloRow = haloWidth * shape.InChannels;
        nint rowBytes = (haloRow * shape.StrideY + (nint)shape.OutWidth * 2 * V.Count) * sizeof(T);
        nint chunk = Math.Clamp(BackwardWeightBytes / Math.Max(1, rowBytes), 1, Math.Max(1, shape.OutHeight));
        int panelCount = ConvPanels.Count<V, T>(shape.Groups, shape.GroupOutChannels);
        nint packedCount = ConvPanels.PackedCount<V, T>(shape.Groups, shape.GroupOutChannels, chunk * shape.OutWidth, false);

        nint spillBytes = MicroKernels.SpillBytes<V>(), panelBytes = Aligned(panelCount * sizeof(Panel<T>));
        nint segmentBytes = Aligned(chunk * sizeof(nint)), packedBytes = Aligned(packedCount * sizeof(T));
        nint haloRows = padded ? (chunk - 1) * shape.StrideY + span : 0;
        byte* scratch = team.Scratch(spillBytes + panelBytes + segmentBytes + packedBytes + haloRows * haloRow * sizeof(T));
        T* spill = (T*)scratch;
        scratch += spillBytes;
        var panels = (Panel<T>*)scratch;
        scratch += panelBytes;
        nint* segments = (nint*)scratch;
        scratch += segmentBytes;
        T* packed = (T*)scratch;
        T* halo = (T*)(scratch + packedBytes);
        for (nint r = 0; r < chunk; r++)
            segments[r] = r * shape.StrideY * haloRow;

        Tile<T> tile;
        tile.ARow = 1;
        tile.AColumn = (nint)shape.StrideX * shape.InChannels;
        tile.Segments = segments;
        tile.SegmentLength = shape.OutWidth;
        tile.CRow = shape.OutChannels;
        tile.Accumulate = false;
        int panelsPerGroup = panelCount / shape.Groups;
        for (nint image = 0; image < shape.Batch; image++)
        {
            T* input = x + image * shape.InImage;
            for (nint outY = 0; outY == 0 || outY < shape.OutHeight; outY += chunk)
            {
                nint rows = Math.Min(chunk, shape.OutHeight - outY);
                tile.SegmentCount = rows;
                T* first = input + outY * shape.StrideY * haloRow;
                if (padded)
                {
                    Halo.Copy(
                        input, shape.InHeight, shape.InWidth, shape.InChannels, outY * shape.StrideY - shape.PaddingY,
                        (rows - 1) * shape.StrideY + span, -shape.PaddingX, haloWidth, halo);
                    first = halo;
                }
                ConvPanels.Divide<V, T>(
                    panels, dy + image * shape.OutImage + outY * shape.OutWidth * shape.OutChannels, rows * shape.OutWidth, shape.Groups,
                    shape.GroupOutChannels, false, packed);
                for (int p = panelFrom; p < panelTo; p++)
                {
                    nint groupOffset = p / panelsPerGroup * shape.GroupInChannels;
                    tile.B = panels[p].B;
                    tile.BRow = panels[p].BRow;
                    for (nint t = tileFrom; t < tileTo;)
                    {
                        // The tiles of this thread in one set of rows.
                        nint set = t / tilesPerSet, end = Math.Min(tileTo, (set + 1) * tilesPerSet);
                        nint row = (t - set * tilesPerSet) * grain, rowEnd = Math.Min(setRows, (end - set * tilesPerSet) * grain);
                        nint ky = rowSets ? set : set / shape.KernelWidth, kx = rowSets ? 0 : set % shape.KernelWidth;
                        tile.A = first + ky * shape.DilationY * haloRow + kx * shape.DilationX * shape.InChannels + groupOffset + row;
                        tile.C = dw + (set * setRows + row) * shape.OutChannels + panels[p].Column;
                        MicroKernels.RunRows<V, T>(&tile, rowEnd - row, panels[p].Vectors, panels[p].Columns, spill);
                        t = end;
                    }
                }
                tile.Accumulate = true;
            }
        }
    }
}
