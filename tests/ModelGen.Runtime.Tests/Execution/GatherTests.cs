using System.Numerics;

namespace ModelGen.Execution.Tests;

[Collection("Teams")]
public unsafe class GatherTests
{
    [Fact]
    public void Equals_naive_loops_for_every_size()
    {
        for (int size = 1; size <= 67; size++)
        {
            Check<F32x8, float>(new IndexShape { Outer = 2, Rows = 68 - size, Count = 1 + size % 7, Inner = size });
            Check<F64x4, double>(new IndexShape { Outer = 1 + size % 3, Rows = size, Count = 68 - size, Inner = 1 + size % 5 });
        }
    }

    static void Check<V, T>(IndexShape s)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var x = new GuardedArray<T>(s.Outer * s.Rows * s.Inner).Randomize(1);
        using var dy = new GuardedArray<T>(s.Outer * s.Count * s.Inner).Randomize(2);
        using var index = new GuardedArray<int>(dy.Length).Draw(random => random.Next((int)s.Rows) * random.Next(2));
        var (y, dx) = (new T[dy.Length], new T[x.Length]);
        for (int at = 0; at < y.Length; at++)
        {
            nint from = (at / s.Inner / s.Count * s.Rows + index.Values[at]) * s.Inner + at % s.Inner;
            y[at] = x.Values[(int)from];
            dx[from] += dy.Values[at];   // in ascending order: the same bits
        }
        T* px = x.Pointer, pdy = dy.Pointer;
        int* pi = index.Pointer;
        foreach (int threads in OnTeam.Sizes)
        {
            using var ownY = new GuardedArray<T>(dy.Length);
            using var ownDx = new GuardedArray<T>(x.Length);
            T* py = ownY.Pointer, pdx = ownDx.Pointer;
            OnTeam.Run(threads, team =>
            {
                Gather.Forward<V, T>(team, s, px, pi, py);
                Gather.Backward<V, T>(team, s, pi, pdy, pdx);
            });
            Assert.Equal(y, ownY.Values.ToArray());
            Assert.Equal(dx, ownDx.Values.ToArray());
        }
    }
}
