using System.Numerics;

namespace ModelGen.Execution.Tests;

[Collection("Teams")]
public unsafe class ResampleTests
{
    [Fact]
    public void Equals_naive_loops_for_every_size()
    {
        for (int size = 1; size <= 67; size++)
            foreach (var (linear, aligned) in new[] { (false, false), (true, false), (true, true) })
            {
                Check<F32x8, float>(new ResampleShape { Outer = 1 + (size % 3), Length = 1 + (size * 7 % 13), Size = size, Inner = 1 + (size % 19) }, linear, aligned);
                Check<F32x16, float>(new ResampleShape { Outer = 1, Length = size, Size = 68 - size, Inner = size }, linear, aligned);
                Check<F64x4, double>(new ResampleShape { Outer = 2, Length = size, Size = 1 + (size % 9), Inner = 1 + (size % 6) }, linear, aligned);
            }
        Check<F32x1, float>(new ResampleShape { Outer = 2, Length = 5, Size = 9, Inner = 7 }, linear: true, aligned: false);
        Check<F32x4, float>(new ResampleShape { Outer = 2, Length = 9, Size = 5, Inner = 7 }, linear: true, aligned: true);
    }

    static void Check<V, T>(ResampleShape s, bool linear, bool aligned)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var x = new GuardedArray<T>(s.Outer * s.Length * s.Inner).Randomize(1);
        using var dy = new GuardedArray<T>(s.Outer * s.Size * s.Inner).Randomize(2);
        var (y, dx) = (new double[dy.Length], new double[x.Length]);
        for (nint o = 0; o < s.Outer; o++)
            for (nint j = 0; j < s.Size; j++)
            {
                double position = !linear ? Math.Floor((double)(j * s.Length / s.Size))
                    : aligned ? (s.Size == 1 ? 0 : j * (s.Length - 1.0) / (s.Size - 1)) : Math.Clamp(((j + 0.5) * s.Length / s.Size) - 0.5, 0, s.Length - 1);
                // Weights of all elements: a tent around the position.
                for (nint i = 0; i < s.Length; i++)
                    if (Math.Max(0, 1 - Math.Abs(position - i)) is > 0 and var weight)
                        for (nint n = 0; n < s.Inner; n++)
                        {
                            nint at = (((o * s.Size) + j) * s.Inner) + n, from = (((o * s.Length) + i) * s.Inner) + n;
                            y[at] += weight * double.CreateChecked(x.Values[(int)from]);
                            dx[from] += weight * double.CreateChecked(dy.Values[(int)at]);
                        }
            }
        T* px = x.Pointer, pdy = dy.Pointer;
        (T[] Y, T[] Dx)? first = null;
        foreach (int threads in OnTeam.Sizes)
        {
            using var ownY = new GuardedArray<T>(dy.Length);
            using var ownDx = new GuardedArray<T>(x.Length);
            T* py = ownY.Pointer, pdx = ownDx.Pointer;
            OnTeam.Run(threads, team =>
            {
                Resample.Forward<V, T>(team, s, linear, aligned, px, py);
                Resample.Backward<V, T>(team, s, linear, aligned, pdy, pdx);
            });
            Near(y, ownY.Values);
            Near(dx, ownDx.Values);
            first ??= (ownY.Values.ToArray(), ownDx.Values.ToArray());
            Assert.Equal(first.Value.Y, ownY.Values.ToArray());
            Assert.Equal(first.Value.Dx, ownDx.Values.ToArray());
        }
    }

    static void Near<T>(double[] expected, Span<T> actual) where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], double.CreateChecked(actual[i]), 1e-5);
    }
}
