using System.Numerics;

namespace ModelGen.Execution.Tests;

[Collection("Teams")]
public unsafe class IndexSelectTests
{
    // outer, rows, count, inner
    public static TheoryData<int, int, int, int> Shapes => new() { { 1, 5, 9, 3 }, { 1, 65, 200, 128 }, { 3, 4, 7, 17 }, { 2, 1, 3, 1 }, { 1, 40, 2, 33 } };

    [Theory, MemberData(nameof(Shapes))]
    public void Equals_naive_loops_in_every_width_and_team(int outer, int rows, int count, int inner)
    {
        var shape = new IndexShape { Outer = outer, Rows = rows, Count = count, Inner = inner };
        Check<F32x16, float>(shape);
        Check<F32x8, float>(shape);
        Check<F32x4, float>(shape);
        Check<F32x1, float>(shape);
        Check<F64x4, double>(shape);
    }

    [Fact]
    public void Equals_naive_loops_for_every_size()
    {
        for (int size = 1; size <= 67; size++)
        {
            Check<F32x8, float>(new IndexShape { Outer = 2, Rows = 68 - size, Count = 1 + size % 7, Inner = size });
            Check<F32x16, float>(new IndexShape { Outer = 1, Rows = size, Count = 68 - size, Inner = 1 + size % 5 });
        }
    }

    static void Check<V, T>(IndexShape s)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var x = new GuardedArray<T>(s.Outer * s.Rows * s.Inner).Randomize(1);
        using var dy = new GuardedArray<T>(s.Outer * s.Count * s.Inner).Randomize(2);
        using var index = new GuardedArray<int>(s.Count);
        // Some come often, and some never.
        index.Draw(random => random.Next((int)s.Rows) * random.Next(2));
        var (y, dx) = (new T[dy.Length], new T[x.Length]);
        for (nint o = 0; o < s.Outer; o++)
            for (nint n = 0; n < s.Count; n++)
                for (nint i = 0; i < s.Inner; i++)
                {
                    nint at = (o * s.Count + n) * s.Inner + i, from = (o * s.Rows + index.Pointer[n]) * s.Inner + i;
                    y[at] = x.Values[(int)from];
                    dx[from] += dy.Values[(int)at];   // in ascending order of n: the same bits
                }
        T* px = x.Pointer, pdy = dy.Pointer;
        int* pi = index.Pointer;
        foreach (int threads in OnTeam.Sizes)
        {
            using var ownY = new GuardedArray<T>(dy.Length);
            using var ownDx = new GuardedArray<T>(x.Length);
            T* py = ownY.Pointer, pdx = ownDx.Pointer;
            OnTeam.Run(threads, team => IndexSelect.Forward<V, T, NoEpilogue>(team, s, px, pi, py, default));
            OnTeam.Run(threads, team => IndexSelect.Backward<V, T>(team, s, pi, pdy, pdx));
            Assert.Equal(y, ownY.Values.ToArray());
            Assert.Equal(dx, ownDx.Values.ToArray());
        }
        var largest = Enumerable.Repeat(T.NegativeInfinity, dx.Length).ToArray();
        if (dy.Length > 3) dy.Values[3] = T.NaN;
        for (nint at = 0; at < dy.Length; at++)
        {
            nint to = (at / (s.Count * s.Inner) * s.Rows + index.Pointer[at / s.Inner % s.Count]) * s.Inner + at % s.Inner;
            largest[to] = T.Max(largest[to], dy.Values[(int)at]);   // NaN where one is
        }
        foreach (int threads in OnTeam.Sizes)
        {
            using var own = new GuardedArray<T>(x.Length);
            T* po = own.Pointer;
            OnTeam.Run(threads, team => IndexSelect.Largest<V, T>(team, s, pdy, pi, po));
            Assert.Equal(largest, own.Values.ToArray());
        }
    }
}
