using System.Numerics;

namespace ModelGen.Execution.Tests;

[Collection("Teams")]
public unsafe class Unfold2dTests
{
    [Fact]
    public void Equals_naive_loops_for_every_width()
    {
        for (int width = 1; width <= 67; width++)
        {
            int kernel = 1 + width % 3, dilation = 1 + width % 2, stride = 1 + width % 4, padding = kernel * dilation;
            Check<F32x8, float>(new Pool2dShape(1 + width % 2, 1 + width % 9, width, 1 + width % 3, kernel, kernel, stride, stride, padding, padding, dilation, dilation));
            Check<F64x4, double>(new Pool2dShape(1, width, 5, 2, 2, 2, 1, 1, 1, 1));
        }
    }

    static void Check<V, T>(Pool2dShape s)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint rows = (nint)s.Batch * s.Channels * s.KernelHeight * s.KernelWidth, windows = (nint)s.OutHeight * s.OutWidth;
        using var image = new GuardedArray<T>((nint)s.Batch * s.Channels * s.InHeight * s.InWidth).Randomize(1);
        using var columns = new GuardedArray<T>(rows * windows).Randomize(2);
        var (unfolded, folded) = (new T[columns.Length], new T[image.Length]);
        for (int row = 0; row < rows; row++)
            for (int window = 0; window < windows; window++)
            {
                int ky = row / s.KernelWidth % s.KernelHeight, kx = row % s.KernelWidth;
                int y = (window / s.OutWidth * s.StrideY) - s.PaddingY + (ky * s.DilationY), x = (window % s.OutWidth * s.StrideX) - s.PaddingX + (kx * s.DilationX);
                if (y < 0 || y >= s.InHeight || x < 0 || x >= s.InWidth) continue;
                int pixel = (((row / (s.KernelHeight * s.KernelWidth)) * s.InHeight) + y) * s.InWidth + x, column = (row * (int)windows) + window;
                unfolded[column] = image.Values[pixel];
                folded[pixel] += columns.Values[column];   // element of the window by element: the same bits
            }
        T* pImage = image.Pointer, pColumns = columns.Pointer;
        foreach (int threads in OnTeam.Sizes)
        {
            using var ownColumns = new GuardedArray<T>(columns.Length);
            using var ownImage = new GuardedArray<T>(image.Length);
            T* py = ownColumns.Pointer, px = ownImage.Pointer;
            OnTeam.Run(threads, team =>
            {
                Unfold2d.Forward<V, T>(team, s, pImage, py);
                Unfold2d.Backward<V, T>(team, s, pColumns, px);
            });
            Assert.Equal(unfolded, ownColumns.Values.ToArray());
            Assert.Equal(folded, ownImage.Values.ToArray());
        }
    }
}
