using System.Numerics;

namespace ModelGen.Execution.Tests;

[Collection("Teams")]
public unsafe class IntegersTests
{
    [Fact]
    public void An_index_out_of_range_is_an_exception_on_every_thread()
    {
        int* x = stackalloc int[] { 0, 4, -1, 5, -100 };
        int* y = stackalloc int[5];
        nint px = (nint)x, py = (nint)y;
        void Check(int bound, int count, int? ignored) => OnTeam.Run(3, team => Integers.Check<F32x4, float>(team, new IndexRangeShape { Count = count, Bound = bound }, ignored, (int*)px, (int*)py));
        Check(5, 2, null);
        Assert.Equal(4, y[1]);
        Assert.Equal("An index that the model computes is 4, but it must lie in 0 to 3.", Assert.Throws<InvalidOperationException>(() => Check(4, 2, null)).Message);
        Assert.Contains("is -1,", Assert.Throws<InvalidOperationException>(() => Check(5, 3, null)).Message, StringComparison.Ordinal);
        Check(6, 4, -1);
        Assert.Contains("is -100,", Assert.Throws<InvalidOperationException>(() => Check(6, 5, -1)).Message, StringComparison.Ordinal);
        // The team works again.
        Check(5, 2, null);
    }

    [Fact]
    public void Numbers_are_cut_off_behind_the_point()
    {
        Truncate<F32x8, float>();
        Truncate<F64x4, double>();
    }

    static void Truncate<V, T>()
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (double X, int Y)[] cases = [(2.9, 2), (-2.9, -2), (0.5, 0), (double.NaN, 0), (3e9, int.MaxValue), (-3e9, int.MinValue), (double.PositiveInfinity, int.MaxValue), (double.NegativeInfinity, int.MinValue)];
        using var x = new GuardedArray<T>(cases.Length);
        for (int i = 0; i < cases.Length; i++) x.Values[i] = T.CreateChecked(cases[i].X);
        using var y = new GuardedArray<int>(cases.Length);
        T* px = x.Pointer;
        int* py = y.Pointer;
        OnTeam.Run(2, team => Integers.Truncate<V, T>(team, new IndexRangeShape { Count = cases.Length }, px, py));
        Assert.Equal(cases.Select(c => c.Y), y.Values.ToArray());
    }

    [Fact]
    public void The_first_largest_element_is_found_for_every_size()
    {
        for (int size = 1; size <= 67; size++)
        {
            Largest<F32x8, float>(new LineShape { Outer = 3, Length = size, Inner = 1 + size % 4 });
            Largest<F64x4, double>(new LineShape { Outer = 1 + size % 2, Length = 68 - size, Inner = size });
        }
    }

    static void Largest<V, T>(LineShape s)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Few values, so that many are equal, and a NaN now and then.
        using var x = new GuardedArray<T>(s.Outer * s.Length * s.Inner).Draw(random => random.Next(40) == 0 ? T.NaN : T.CreateChecked(random.Next(5)));
        T* px = x.Pointer;
        foreach (bool smallest in new[] { false, true })
        {
            var expected = new int[s.Outer * s.Inner];
            for (int line = 0; line < expected.Length; line++)
            {
                int at = 0;
                for (int i = 1; i < s.Length; i++)
                {
                    T best = Element(line, at), value = Element(line, i);
                    if (!T.IsNaN(best) && (T.IsNaN(value) || (smallest ? value < best : value > best))) at = i;
                }
                expected[line] = at;
            }
            foreach (int threads in OnTeam.Sizes)
            {
                using var y = new GuardedArray<int>(expected.Length);
                int* py = y.Pointer;
                OnTeam.Run(threads, team => Integers.IndexOfLargest<V, T>(team, s, smallest, px, py));
                Assert.Equal(expected, y.Values.ToArray());
            }
        }

        T Element(int line, int i) => px[(((line / s.Inner) * s.Length) + i) * s.Inner + (line % s.Inner)];
    }
}
