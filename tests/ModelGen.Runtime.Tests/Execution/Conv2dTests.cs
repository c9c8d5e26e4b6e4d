using System.Numerics;

namespace ModelGen.Execution.Tests;

[Collection("Teams")]
public unsafe class Conv2dTests
{
    // batch, height, width, in, out, kernel y, x, stride y, x, padding y, x, dilation y, x, groups
    public static TheoryData<string> Shapes =>
    [
        "2 6 7 3 5 3 3 1 1 1 1 1 1 1",
        "1 8 8 1 4 3 3 1 1 1 1 1 1 1",
        "2 9 5 4 17 3 2 2 1 1 0 1 1 1",
        "1 11 10 2 33 5 3 2 3 2 1 1 1 1",
        "3 5 5 8 16 1 1 1 1 0 0 1 1 1",
        "1 5 5 3 4 1 1 2 2 0 0 1 1 1",
        "1 5 4 3 4 1 1 1 1 1 2 1 1 1",
        "2 9 9 4 6 3 3 1 1 2 2 2 2 1",
        "1 10 9 4 6 3 3 2 2 2 1 3 2 1",
        "1 12 12 2 3 3 3 4 4 1 1 2 2 1",
        "2 7 6 6 9 3 3 1 1 1 1 1 1 3",
        "1 7 6 8 64 3 3 2 2 1 1 1 1 2",
        "2 7 7 13 13 3 3 1 1 1 1 1 1 13",
        "1 9 8 19 19 3 5 2 2 1 2 1 2 19",
        "1 6 6 4 8 3 3 1 1 1 1 1 1 4",
        "1 3 3 2 2 3 3 1 1 4 4 1 1 1",
        "1 16 40 8 31 3 3 1 1 1 1 1 1 1",
        "1 40 33 7 32 4 4 2 2 1 1 1 1 1",
        "0 6 6 4 8 3 3 1 1 1 1 1 1 1",
        // Weights beyond what a cache keeps for the next block of output.
        "2 7 7 129 64 3 3 1 1 1 1 1 1 1",
    ];

    [Theory, MemberData(nameof(Shapes))]
    public void Equals_naive_loops_in_every_width(string sizes)
    {
        int[] s = [.. sizes.Split(' ').Select(int.Parse)];
        var shape = new Conv2dShape(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10], s[11], s[12], s[13]);
        Check<F32x16, float>(shape);
        Check<F32x8, float>(shape);
        Check<F32x4, float>(shape);
        Check<F32x1, float>(shape);
        Check<F64x4, double>(shape);
        Check<F64x2, double>(shape);
    }

    /// <summary>Every number of output channels and of columns, with changing strides, paddings and groups.</summary>
    [Fact]
    public void Equals_naive_loops_for_every_size()
    {
        for (int size = 1; size <= 67; size++)
        {
            Check<F32x8, float>(new Conv2dShape(1, 4, size, 1 + size % 4, 68 - size, 3, 3, 1, 1 + size % 2, 1, size % 3, 1, 1, 1));
            var plain = new Conv2dShape(2, 3, 3 + size % 5, 3, size, 2, 3, 1, 1, 1, 1, 1, 1, 1);
            var grouped = new Conv2dShape(1, 5, 68 - size, size, size * (1 + size % 2), 3, 3, 2, 1, 1, 1, 1, 1, size);
            switch (size % 4)
            {
                case 0: Check<F32x16, float>(plain); Check<F32x16, float>(grouped); break;
                case 1: Check<F32x4, float>(plain); Check<F32x4, float>(grouped); break;
                case 2: Check<F32x1, float>(plain); Check<F32x8, float>(grouped); break;
                default: Check<F64x4, double>(plain); Check<F64x4, double>(grouped); break;
            }
        }
    }

    static void Check<V, T>(Conv2dShape s)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var x = new GuardedArray<T>(s.Batch * s.InImage).Randomize(1);
        using var w = new GuardedArray<T>(s.WeightCount).Randomize(2);
        using var dy = new GuardedArray<T>(s.Batch * s.OutImage).Randomize(3);
        double[] y = new double[dy.Length], dx = new double[x.Length], dw = new double[w.Length];
        Naive(s, x.Values, w.Values, dy.Values, y, dx, dw);
        T* px = x.Pointer, pw = w.Pointer, pdy = dy.Pointer;
        Verify("y", y, 1, (team, p) => Conv2d.Forward<V, T, AddOne<T>>(team, s, px, pw, (T*)p, new AddOne<T>((T*)p, s.OutChannels)));
        if (s.Groups == 1)
        {
            int k = (int)(s.WeightCount / s.OutChannels);
            using var panels = new GuardedArray<T>(k * ((s.OutChannels + 15) / 16 * 16));
            WeightPanels.Pack<V, T>(pw, s.OutChannels, 1, k, s.OutChannels, panels.Pointer);
            T* pp = panels.Pointer;
            Verify("y in panels", y, 1, (team, p) => Conv2d.Forward<V, T, AddOne<T>>(team, s, px, pw, (T*)p, new AddOne<T>((T*)p, s.OutChannels), pp));
        }
        if (s is { Groups: 1, OutHeight: > 1, OutWidth: > 1 } and ({ KernelHeight: > 1 } or { KernelWidth: > 1 }))
        {
            using var blocks = new GuardedArray<T>(s.Batch * s.OutImage);
            T* pb = blocks.Pointer;
            Verify("pooled", Pooled(s, y), 2, (team, p) =>
                Conv2d.ForwardPooled<V, T, AddOne<T>, AddOne<T>>(team, s, px, pw, pb, (T*)p, new AddOne<T>(pb, s.OutChannels), new AddOne<T>((T*)p, s.OutChannels)));
        }
        Verify("dx", dx, 1, (team, p) => Conv2d.BackwardData<V, T, AddOne<T>>(team, s, pdy, pw, (T*)p, new AddOne<T>((T*)p, s.InChannels)));
        Verify("dw", dw, 0, (team, p) => Conv2d.BackwardWeight<V, T>(team, s, px, pdy, (T*)p));

        void Verify(string name, double[] expected, double plus, Action<Team, nint> kernel)
        {
            T[]? first = null;
            foreach (int threads in OnTeam.Sizes)
            {
                using var actual = new GuardedArray<T>(expected.Length);
                nint p = (nint)actual.Pointer;
                OnTeam.Run(threads, team => kernel(team, p));
                for (int i = 0; i < expected.Length; i++)
                    if (!(double.Abs(double.CreateChecked(actual.Values[i]) - expected[i] - plus) <= (sizeof(T) == 4 ? 1e-4 : 1e-12)))
                        Assert.Fail($"{typeof(V).Name} {name}[{i}] is {actual.Values[i]}, not {expected[i] + plus}, on {threads} threads");
                first ??= actual.Values.ToArray();
                Assert.True(first.AsSpan().SequenceEqual(actual.Values), $"{name}: {threads} threads give other bits than one");
            }
        }
    }

    static double[] Pooled(Conv2dShape s, double[] y)
    {
        var pooled = new List<double>();
        for (int n = 0; n < s.Batch; n++)
            for (int i = 0; i < s.OutHeight / 2; i++)
                for (int j = 0; j < s.OutWidth / 2; j++)
                    for (int c = 0; c < s.OutChannels; c++)
                        pooled.Add(Enumerable.Range(0, 4).Max(k => y[(((n * s.OutHeight) + (2 * i) + (k / 2)) * s.OutWidth + (2 * j) + (k % 2)) * s.OutChannels + c]));
        return [.. pooled];
    }

    static void Naive<T>(Conv2dShape s, Span<T> x, Span<T> w, Span<T> dy, double[] y, double[] dx, double[] dw) where T : INumber<T>
    {
        int groupOut = s.OutChannels / s.Groups, groupIn = s.InChannels / s.Groups;
        for (int n = 0; n < s.Batch; n++)
            for (int oy = 0; oy < s.OutHeight; oy++)
                for (int ox = 0; ox < s.OutWidth; ox++)
                    for (int oc = 0; oc < s.OutChannels; oc++)
                    {
                        int o = ((n * s.OutHeight + oy) * s.OutWidth + ox) * s.OutChannels + oc;
                        for (int ky = 0; ky < s.KernelHeight; ky++)
                            for (int kx = 0; kx < s.KernelWidth; kx++)
                            {
                                int iy = oy * s.StrideY - s.PaddingY + ky * s.DilationY, ix = ox * s.StrideX - s.PaddingX + kx * s.DilationX;
                                if (iy < 0 || iy >= s.InHeight || ix < 0 || ix >= s.InWidth)
                                    continue;
                                for (int ic = 0; ic < groupIn; ic++)
                                {
                                    int i = ((n * s.InHeight + iy) * s.InWidth + ix) * s.InChannels + oc / groupOut * groupIn + ic;
                                    int k = ((ky * s.KernelWidth + kx) * groupIn + ic) * s.OutChannels + oc;
                                    y[o] += double.CreateChecked(x[i]) * double.CreateChecked(w[k]);
                                    dx[i] += double.CreateChecked(dy[o]) * double.CreateChecked(w[k]);
                                    dw[k] += double.CreateChecked(x[i]) * double.CreateChecked(dy[o]);
                                }
                            }
                    }
    }

    readonly struct AddOne<T>(T* c, nint width) : IEpilogue where T : unmanaged, INumber<T>
    {
        public void Apply(nint batch, nint row, nint rows, nint column, nint columns)
        {
            for (nint i = row; i < row + rows; i++)
                for (nint j = column; j < column + columns; j++)
                    c[i * width + j] += T.One;
        }
    }
}
