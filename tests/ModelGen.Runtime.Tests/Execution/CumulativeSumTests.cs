using System.Numerics;

namespace ModelGen.Execution.Tests;

[Collection("Teams")]
public unsafe class CumulativeSumTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Equals_naive_loops_for_every_size(bool reverse)
    {
        for (int size = 1; size <= 67; size++)
        {
            Check<F32x16, float>(new LineShape { Outer = 1, Length = 68 - size, Inner = size }, reverse);
            Check<F32x8, float>(new LineShape { Outer = 1 + size % 3, Length = size, Inner = 1 + size % 13 }, reverse);
            Check<F32x4, float>(new LineShape { Outer = 2, Length = 1 + size % 4, Inner = size }, reverse);
            Check<F64x4, double>(new LineShape { Outer = size, Length = 68 - size, Inner = 1 }, reverse);
        }
        // So many that the members of a team share a line.
        Check<F32x8, float>(new LineShape { Outer = 2, Length = 3, Inner = 20_011 }, reverse);
    }

    static void Check<V, T>(LineShape s, bool reverse)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var x = new GuardedArray<T>(s.Outer * s.Length * s.Inner).Randomize(1);
        var expected = new T[x.Length];
        for (nint outer = 0; outer < s.Outer; outer++)
            for (nint inner = 0; inner < s.Inner; inner++)
            {
                T sum = T.Zero;
                for (nint i = 0; i < s.Length; i++)
                {
                    nint at = (outer * s.Length + (reverse ? s.Length - 1 - i : i)) * s.Inner + inner;
                    expected[at] = sum += x.Values[(int)at];
                }
            }
        T* px = x.Pointer;
        foreach (int threads in OnTeam.Sizes)
        {
            using var y = new GuardedArray<T>(x.Length);
            T* py = y.Pointer;
            OnTeam.Run(threads, team => CumulativeSum.Run<V, T>(team, s, reverse, px, py));
            Assert.Equal(expected, y.Values.ToArray());
        }
    }
}
