using System.Numerics;

namespace ModelGen.Execution.Tests;

[Collection("Teams")]
public unsafe class GridSamplingTests
{
    [Fact]
    public void Equals_naive_loops_for_every_number_of_channels()
    {
        for (int size = 1; size <= 67; size++)
            for (int slopes = 0; slopes < 4; slopes++)
            {
                Check<F32x8, float>(new GridShape { Batch = 1 + (size % 2), Height = 1 + (size % 5), Width = 1 + (size % 7), Channels = size, Points = 1 + (size % 11) }, slopes % 2 == 1, slopes / 2 == 1);
                Check<F64x4, double>(new GridShape { Batch = 2, Height = 4, Width = size, Channels = 1 + (size % 6), Points = size }, slopes % 2 == 1, slopes / 2 == 1);
            }
        var last = new GridShape { Batch = 3, Height = 6, Width = 5, Channels = 17, Points = 40 };
        Check<F32x16, float>(last, false, false);
        Check<F32x4, float>(last, true, false);
        Check<F32x1, float>(last, false, true);
    }

    [Fact]
    public void Positions_that_are_no_numbers_or_far_away_read_nothing()
    {
        var shape = new GridShape { Batch = 1, Height = 3, Width = 3, Channels = 2, Points = 7 };
        using var x = new GuardedArray<float>(18).Randomize(1);
        using var column = new GuardedArray<float>(7);
        using var row = new GuardedArray<float>(7);
        using var y = new GuardedArray<float>(14);
        new[] { float.NaN, 1, float.PositiveInfinity, float.NegativeInfinity, 3e38f, -1.001f, 3 }.CopyTo(column.Values);
        new[] { 1, float.NaN, 1, 1, -3e38f, 1, 1 }.CopyTo(row.Values);
        float* px = x.Pointer, pc = column.Pointer, pr = row.Pointer, py = y.Pointer;
        OnTeam.Run(1, team => GridSampling.Read<F32x8, float>(team, shape, false, false, px, pc, pr, py));
        Assert.All(y.Values.ToArray(), value => Assert.Equal(0, value));
        OnTeam.Run(1, team => GridSampling.Write<F32x8, float>(team, shape, false, false, pc, pr, py, px));
        Assert.All(x.Values.ToArray(), value => Assert.Equal(0, value));
    }

    static void Check<V, T>(GridShape s, bool slopeX, bool slopeY)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var x = new GuardedArray<T>(s.Batch * s.Height * s.Width * s.Channels).Randomize(1);
        using var dy = new GuardedArray<T>(s.Batch * s.Points * s.Channels).Randomize(2);
        // Inside, on pixels, just outside, and further away.
        using var column = new GuardedArray<T>(s.Batch * s.Points).Draw(random => T.CreateChecked(Position(random, s.Width)), 3);
        using var row = new GuardedArray<T>(s.Batch * s.Points).Draw(random => T.CreateChecked(Position(random, s.Height)), 4);
        var (y, dx) = (new double[dy.Length], new double[x.Length]);
        for (nint p = 0; p < s.Batch * s.Points; p++)
        {
            double c = double.CreateChecked(column.Values[(int)p]), r = double.CreateChecked(row.Values[(int)p]);
            for (nint i = 0; i < s.Height; i++)
                for (nint j = 0; j < s.Width; j++)
                {
                    double weight = Weight(c, j, slopeX) * Weight(r, i, slopeY);
                    for (nint k = 0; k < s.Channels && weight != 0; k++)
                    {
                        nint pixel = ((((((p / s.Points) * s.Height) + i) * s.Width) + j) * s.Channels) + k, at = (p * s.Channels) + k;
                        y[at] += weight * double.CreateChecked(x.Values[(int)pixel]);
                        dx[pixel] += weight * double.CreateChecked(dy.Values[(int)at]);
                    }
                }
        }
        T* px = x.Pointer, pc = column.Pointer, pr = row.Pointer, pdy = dy.Pointer;
        (T[] Y, T[] Dx)? first = null;
        foreach (int threads in OnTeam.Sizes)
        {
            using var ownY = new GuardedArray<T>(dy.Length);
            using var ownDx = new GuardedArray<T>(x.Length);
            T* py = ownY.Pointer, pdx = ownDx.Pointer;
            OnTeam.Run(threads, team =>
            {
                GridSampling.Read<V, T>(team, s, slopeX, slopeY, px, pc, pr, py);
                GridSampling.Write<V, T>(team, s, slopeX, slopeY, pc, pr, pdy, pdx);
            });
            for (int i = 0; i < y.Length; i++) Assert.Equal(y[i], double.CreateChecked(ownY.Values[i]), 2e-5);
            for (int i = 0; i < dx.Length; i++) Assert.Equal(dx[i], double.CreateChecked(ownDx.Values[i]), 2e-5);
            first ??= (ownY.Values.ToArray(), ownDx.Values.ToArray());
            Assert.Equal(first.Value.Y, ownY.Values.ToArray());
            Assert.Equal(first.Value.Dx, ownDx.Values.ToArray());
        }
    }

    static double Position(Random random, nint size) => random.Next(4) == 0 ? random.Next(-2, (int)size + 2) : (random.NextDouble() * (size + 3)) - 2;

    // Of one pixel along one axis.
    static double Weight(double position, nint pixel, bool slope) => (pixel - Math.Floor(position), slope) switch
    {
        (0, false) => 1 - (position - Math.Floor(position)),
        (1, false) => position - Math.Floor(position),
        (0, true) => -1,
        (1, true) => 1,
        _ => 0,
    };
}
