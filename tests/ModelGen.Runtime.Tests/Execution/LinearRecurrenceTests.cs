using System.Numerics;

namespace ModelGen.Execution.Tests;

[Collection("Teams")]
public unsafe class LinearRecurrenceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Equals_naive_loops_for_every_size(bool transposed)
    {
        for (int size = 1; size <= 67; size++)
        {
            Check<F32x16, float>(new LineShape { Outer = 1, Length = 68 - size, Inner = size }, transposed);
            Check<F32x8, float>(new LineShape { Outer = 1 + size % 3, Length = size, Inner = 1 + size % 13 }, transposed);
            Check<F32x4, float>(new LineShape { Outer = 2, Length = 1 + size % 4, Inner = size }, transposed);
            Check<F64x4, double>(new LineShape { Outer = size, Length = 68 - size, Inner = 1 }, transposed);
        }
        // So many that the members of a team share a line.
        Check<F32x8, float>(new LineShape { Outer = 2, Length = 3, Inner = 20_011 }, transposed);
    }

    static void Check<V, T>(LineShape s, bool transposed)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var x = new GuardedArray<T>(s.Outer * s.Length * s.Inner).Randomize(1);
        using var decay = new GuardedArray<T>(x.Length).Randomize(2);
        double[] expected = new double[x.Length];
        for (nint outer = 0; outer < s.Outer; outer++)
            for (nint inner = 0; inner < s.Inner; inner++)
            {
                double state = 0;
                for (nint i = 0; i < s.Length; i++)
                {
                    nint at = ((outer * s.Length) + (transposed ? s.Length - 1 - i : i)) * s.Inner + inner;
                    double factor = i == 0 ? 0 : double.CreateChecked(decay.Values[(int)(transposed ? at + s.Inner : at)]);
                    expected[at] = state = (factor * state) + double.CreateChecked(x.Values[(int)at]);
                }
            }
        T* px = x.Pointer, pd = decay.Pointer;
        T[]? first = null;
        foreach (int threads in OnTeam.Sizes)
        {
            using var y = new GuardedArray<T>(x.Length);
            T* py = y.Pointer;
            OnTeam.Run(threads, team => LinearRecurrence.Run<V, T>(team, s, transposed, pd, px, py));
            Assert.Equal(first ??= y.Values.ToArray(), y.Values.ToArray());
            for (int i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(expected[i] - double.CreateChecked(y.Values[i])) <= 1e-5, $"element {i}: expected {expected[i]:R}, got {y.Values[i]}");
        }
    }
}
