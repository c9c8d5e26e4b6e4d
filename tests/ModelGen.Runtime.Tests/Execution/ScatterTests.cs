using System.Numerics;

namespace ModelGen.Execution.Tests;

[Collection("Teams")]
public unsafe class ScatterTests
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
        using var source = new GuardedArray<T>(s.Outer * s.Count * s.Inner).Randomize(2);
        using var index = new GuardedArray<int>(source.Length).Draw(random => random.Next((int)s.Rows) * random.Next(2));
        T[] y = x.Values.ToArray();
        // In ascending order, so that the last one stays.
        for (int at = 0; at < source.Length; at++) y[(at / s.Inner / s.Count * s.Rows + index.Values[at]) * s.Inner + at % s.Inner] = source.Values[at];
        T* px = x.Pointer, pSource = source.Pointer;
        int* pi = index.Pointer;
        foreach (int threads in OnTeam.Sizes)
        {
            using var own = new GuardedArray<T>(x.Length);
            T* py = own.Pointer;
            OnTeam.Run(threads, team => Gather.Scatter<V, T>(team, s, px, pi, pSource, py));
            Assert.Equal(y, own.Values.ToArray());
        }
    }
}
