using System.Numerics;

namespace ModelGen.Execution.Tests;

[Collection("Teams")]
public unsafe class Pool2dTests
{
    // batch, height, width, channels, kernel y, x, stride y, x, padding y, x, dilation y, x
    public static TheoryData<string> Shapes =>
    [
        "2 6 6 5 2 2 2 2 0 0 1 1",
        "1 7 5 6 2 2 2 2 0 0 1 1",
        "2 9 7 19 2 2 2 2 0 0 1 1",
        "1 7 9 16 3 3 2 2 1 1 1 1",
        "3 8 5 33 3 2 1 1 1 0 1 1",
        "1 9 9 7 3 3 1 2 1 1 2 2",
        "1 4 4 1 4 4 4 4 0 0 1 1",
        "2 5 6 67 2 3 3 1 1 1 1 1",
    ];

    [Theory, MemberData(nameof(Shapes))]
    public void Equals_naive_loops_in_every_width(string sizes)
    {
        int[] s = [.. sizes.Split(' ').Select(int.Parse)];
        var shape = new Pool2dShape(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10], s[11]);
        Check<F32x16, float>(shape);
        Check<F32x8, float>(shape);
        Check<F32x4, float>(shape);
        Check<F32x1, float>(shape);
        Check<F64x4, double>(shape);
    }

    /// <summary>Every number of channels and of columns.</summary>
    [Fact]
    public void Equals_naive_loops_for_every_size()
    {
        for (int size = 1; size <= 67; size++)
        {
            Check<F32x8, float>(new Pool2dShape(1, 4, size + 1, 68 - size, 2, 2, 2, 2, 0, 0, 1, 1));
            var overlapping = new Pool2dShape(1, 3, 68 - size, size, 3, 3, 1 + size % 2, 1 + size % 3, 1, 1, 1, 1);
            switch (size % 4)
            {
                case 0: Check<F32x16, float>(overlapping); break;
                case 1: Check<F32x4, float>(overlapping); break;
                case 2: Check<F32x1, float>(overlapping); break;
                default: Check<F64x4, double>(overlapping); break;
            }
        }
    }

    static void Check<V, T>(Pool2dShape s)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var x = new GuardedArray<T>(s.Batch * s.InImage).Randomize(1);
        using var dy = new GuardedArray<T>(s.Batch * s.OutImage).Randomize(2);
        // Many equal elements, some NaN, some -inf: ties and special cases.
        var random = new Random(3);
        foreach (ref T value in x.Values)
            value = random.Next(40) switch { 0 => T.NaN, 1 => T.NegativeInfinity, _ => T.CreateChecked(random.Next(5)) };
        T* px = x.Pointer, pdy = dy.Pointer;

        Naive(s, x.Values, dy.Values, kind: 0, out double[] y, out double[] dx);
        Verify("max y", y, (team, p) => MaxPool2d.Forward<V, T, NoEpilogue>(team, s, px, (T*)p, default));
        Verify("max dx", dx, (team, p) => MaxPool2d.Backward<V, T, NoEpilogue>(team, s, px, pdy, (T*)p, default));
        for (int include = 0; include < 2; include++)
        {
            bool count = include == 1;
            Naive(s, x.Values, dy.Values, kind: 1 + include, out y, out dx);
            Verify("avg y", y, (team, p) => AvgPool2d.Forward<V, T>(team, s, count, px, (T*)p));
            Verify("avg dx", dx, (team, p) => AvgPool2d.Backward<V, T>(team, s, count, pdy, (T*)p));
        }

        void Verify(string name, double[] expected, Action<Team, nint> kernel)
        {
            T[]? first = null;
            foreach (int threads in OnTeam.Sizes)
            {
                using var actual = new GuardedArray<T>(expected.Length);
                nint p = (nint)actual.Pointer;
                OnTeam.Run(threads, team => kernel(team, p));
                for (int i = 0; i < expected.Length; i++)
                {
                    double value = double.CreateChecked(actual.Values[i]);
                    if (!value.Equals(expected[i]) && !(Math.Abs(value - expected[i]) <= 1e-5))
                        Assert.Fail($"{typeof(V).Name} {name}[{i}] is {value}, not {expected[i]}, on {threads} threads");
                }
                first ??= actual.Values.ToArray();
                Assert.Equal(first, actual.Values.ToArray());
            }
        }
    }

    static void Naive<T>(Pool2dShape s, Span<T> x, Span<T> dy, int kind, out double[] y, out double[] dx) where T : INumber<T>
    {
        y = new double[dy.Length];
        dx = new double[x.Length];
        for (int o = 0; o < y.Length; o++)
        {
            int c = o % s.Channels, ox = o / s.Channels % s.OutWidth, oy = o / s.Channels / s.OutWidth % s.OutHeight;
            int n = o / s.Channels / s.OutWidth / s.OutHeight;
            var window = new List<int>();
            for (int ky = 0; ky < s.KernelHeight; ky++)
                for (int kx = 0; kx < s.KernelWidth; kx++)
                {
                    int iy = oy * s.StrideY - s.PaddingY + ky * s.DilationY, ix = ox * s.StrideX - s.PaddingX + kx * s.DilationX;
                    if (iy >= 0 && iy < s.InHeight && ix >= 0 && ix < s.InWidth)
                        window.Add(((n * s.InHeight + iy) * s.InWidth + ix) * s.Channels + c);
                }
            if (kind == 0)
            {
                int best = window[0];
                double largest = double.NegativeInfinity;
                foreach (int i in window)
                {
                    double value = double.CreateChecked(x[i]);
                    if (value > largest || double.IsNaN(value))
                        (best, largest) = (i, value);
                }
                y[o] = largest;
                dx[best] += double.CreateChecked(dy[o]);
            }
            else
            {
                double divisor = kind == 2 ? s.KernelHeight * s.KernelWidth : window.Count;
                foreach (int i in window)
                {
                    y[o] += double.CreateChecked(x[i]) / divisor;
                    dx[i] += double.CreateChecked(dy[o]) / divisor;
                }
            }
        }
    }
}
