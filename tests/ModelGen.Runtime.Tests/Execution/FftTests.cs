using System.Numerics;

namespace ModelGen.Execution.Tests;

/// <summary>The fast transforms equal sums over all elements, for every size: radix passes, small primes and Bluestein's convolution.</summary>
[Collection("Teams")]
public unsafe class FftTests
{
    // Beyond the sizes 1 to 67: powers of two, many small factors, primes and products of large ones, and few lines that are long.
    static readonly int[] more = [74, 96, 100, 101, 128, 210, 243, 256, 360, 385, 521, 1000, 1024];

    public static TheoryData<int> Sizes { get; } = new(Enumerable.Range(1, 67).Concat(more));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Complex_transforms_equal_sums(int n)
    {
        Complex<F64x4, double>(new LineShape { Outer = 1 + n % 4, Length = n, Inner = 1 + n % 3 }, 1e-12);
        Complex<F32x8, float>(new LineShape { Outer = n < 68 ? 1 + n % 19 : 9, Length = n, Inner = 1 }, 2e-6);
        Complex<F32x16, float>(new LineShape { Outer = 1, Length = n, Inner = n < 68 ? n % 37 : 3 }, 2e-6);
        Complex<F32x1, float>(new LineShape { Outer = 1, Length = n, Inner = 2 }, 2e-6);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Real_transforms_equal_sums(int n)
    {
        foreach (bool doubled in new[] { false, true })
        {
            Real<F64x2, double>(new LineShape { Outer = 1 + n % 4, Length = n, Inner = 1 + n % 3 }, doubled, 1e-12);
            Real<F32x8, float>(new LineShape { Outer = n < 68 ? 1 + n % 19 : 9, Length = n, Inner = 1 }, doubled, 2e-6);
        }
    }

    [Fact]
    public void Real_numbers_have_coefficients_that_are_exactly_real()
    {
        foreach (int n in new[] { 6, 10, 12, 15, 60, 64, 202 })
        {
            using var x = new GuardedArray<float>(n).Randomize(1);
            using var y = new GuardedArray<float>(2 * ((n / 2) + 1));
            RealFft.Run<F32x8, float>(Team.Single, new LineShape { Outer = 1, Length = n, Inner = 1 }, false, x.Pointer, y.Pointer);
            Assert.Equal(0, y.Values[1]);
            if (n % 2 == 0) Assert.Equal(0, y.Values[n + 1]);
        }
    }

    [Fact]
    public void A_NaN_stays_in_its_line()
    {
        using var x = new GuardedArray<float>(3 * 12 * 2).Randomize(1);
        using var y = new GuardedArray<float>(x.Length);
        x.Values[30] = float.NaN;
        Fft.Complex<F32x8, float>(Team.Single, new LineShape { Outer = 3, Length = 12, Inner = 1 }, false, x.Pointer, y.Pointer);
        // It was a real part: where its root is ±1, the imaginary part does not know it, and the other way round.
        for (int k = 0; k < y.Length; k += 2) Assert.Equal(k is >= 24 and < 48, float.IsNaN(y.Values[k] + y.Values[k + 1]));
    }

    static void Complex<V, T>(LineShape s, double tolerance) where V : unmanaged, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var x = new GuardedArray<T>(2 * s.Outer * s.Length * s.Inner).Randomize(1);
        T* px = x.Pointer;
        foreach (bool inverse in new[] { false, true })
        {
            double[] expected = new double[x.Length];
            foreach (var line in Lines(s, s.Length))
            {
                var sums = Sums([.. line.Select(i => new Complex(double.CreateChecked(x.Values[2 * i]), double.CreateChecked(x.Values[(2 * i) + 1])))], inverse);
                for (int k = 0; k < line.Length; k++) (expected[2 * line[k]], expected[(2 * line[k]) + 1]) = (sums[k].Real, sums[k].Imaginary);
            }
            Same<T>(expected, tolerance * s.Length, (team, y) => Fft.Complex<V, T>(team, s, inverse, px, y));
        }
    }

    static void Real<V, T>(LineShape s, bool doubled, double tolerance) where V : unmanaged, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        int n = (int)s.Length, half = (n / 2) + 1;
        using var x = new GuardedArray<T>(s.Outer * n * s.Inner).Randomize(1);
        using var c = new GuardedArray<T>(2 * s.Outer * half * s.Inner).Randomize(2);
        T* px = x.Pointer, pc = c.Pointer;
        double[] spectrum = new double[c.Length], reals = new double[x.Length];
        foreach (var (of, to) in Lines(s, n).Zip(Lines(s, half)))
        {
            var sums = Sums([.. of.Select(i => new Complex(double.CreateChecked(x.Values[i]), 0))], inverse: false);
            var coefficients = new Complex[n];
            for (int k = 0; k < half; k++)
            {
                double weight = doubled && k > 0 && 2 * k != n ? 2 : 1;
                (spectrum[2 * to[k]], spectrum[(2 * to[k]) + 1]) = (weight * sums[k].Real, weight * sums[k].Imaginary);
                coefficients[k] = weight * new Complex(double.CreateChecked(c.Values[2 * to[k]]), double.CreateChecked(c.Values[(2 * to[k]) + 1]));
            }
            var back = Sums(coefficients, inverse: true);
            for (int j = 0; j < n; j++) reals[of[j]] = back[j].Real;
        }
        Same<T>(spectrum, tolerance * n, (team, y) => RealFft.Run<V, T>(team, s, doubled, px, y));
        Same<T>(reals, 2 * tolerance * n, (team, y) => RealFft.Transpose<V, T>(team, s, doubled, pc, y));
    }

    static Complex[] Sums(Complex[] x, bool inverse)
    {
        var roots = Enumerable.Range(0, x.Length).Select(j => System.Numerics.Complex.FromPolarCoordinates(1, (inverse ? 2 : -2) * Math.PI * j / x.Length)).ToArray();
        var y = new Complex[x.Length];
        for (int k = 0; k < y.Length; k++)
            for (int j = 0, turn = 0; j < y.Length; j++, turn = (turn + k) % y.Length) y[k] += x[j] * roots[turn];
        return y;
    }

    // The places of each line's elements.
    static IEnumerable<int[]> Lines(LineShape s, nint length)
    {
        for (nint o = 0; o < s.Outer; o++)
            for (nint i = 0; i < s.Inner; i++)
                yield return [.. Enumerable.Range(0, (int)length).Select(k => (int)((((o * length) + k) * s.Inner) + i))];
    }

    delegate void Kernel<T>(Team team, T* y) where T : unmanaged;

    static void Same<T>(double[] expected, double tolerance, Kernel<T> kernel) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[]? first = null;
        foreach (int threads in OnTeam.Sizes)
        {
            using var y = new GuardedArray<T>(expected.Length);
            T* py = y.Pointer;
            OnTeam.Run(threads, team => kernel(team, py));
            Assert.Equal(first ??= y.Values.ToArray(), y.Values.ToArray());
            for (int i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(expected[i] - double.CreateChecked(y.Values[i])) <= tolerance, $"element {i}: expected {expected[i]:R}, got {y.Values[i]}");
        }
    }
}
