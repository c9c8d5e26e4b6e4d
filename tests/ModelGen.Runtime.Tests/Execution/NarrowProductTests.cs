namespace ModelGen.Execution.Tests;

/// <summary>Products of 16-bit factors: the bits are those of the widened factors, for every width and team, and nothing else is written.</summary>
[Collection("Teams")]
public sealed unsafe class NarrowProductTests
{
    public static TheoryData<int, int, int> Sizes
    {
        get
        {
            var data = new TheoryData<int, int, int>();
            int[][] all = [[1, 1, 1], [1, 129, 40], [2, 300, 33], [1, 16, 0], [3, 17, 19], [8, 64, 48], [33, 47, 65], [40, 391, 11], [20, 300, 500], [300, 40, 9], [5, 1, 21], [70, 130, 600]];
            foreach (int[] size in all) data.Add(size[0], size[1], size[2]);
            return data;
        }
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Equal_products_of_the_widened_factors(int m, int n, int k)
    {
        Check<F32x16>(m, n, k);
        Check<F32x8>(m, n, k);
        Check<F32x4>(m, n, k);
        Check<F32x1>(m, n, k);
    }

    static void Check<V>(int m, int n, int k) where V : unmanaged, ISimd<V, float>
    {
        foreach (bool transposeA in new[] { false, true })
            foreach (bool transposeB in new[] { false, true })
            {
                int pad = (m + n) % 3;
                var shape = new MatMulShape
                {
                    Batch = 2, M = m, N = n, K = k,
                    ABatch = m * (k + pad) + k * (m + pad), ARow = transposeA ? 1 : k + pad, AColumn = transposeA ? m + pad : 1,
                    BBatch = k * (n + pad) + n * (k + pad), BRow = transposeB ? 1 : n + pad, BColumn = transposeB ? k + pad : 1,
                    CBatch = m * (n + pad), CRow = n + pad,
                };
                Check<V, BFloat16, BFloat16>(shape);
                Check<V, Half, Half>(shape);
                Check<V, float, BFloat16>(shape);
                Check<V, Half, float>(shape);
            }
        Check<V, float, BFloat16>(new MatMulShape { Batch = 1, M = m, N = n, K = k, ARow = k, AColumn = 1, BRow = n, BColumn = 1, CRow = n });
        Check<V, Half, Half>(new MatMulShape { Batch = 1, M = m, N = n, K = k, ARow = k, AColumn = 1, BRow = 1, BColumn = k, CRow = n });
        Check<V, BFloat16, Half>(new MatMulShape { Batch = 1, M = m, N = n, K = k, ARow = 2 * k, AColumn = 2, BRow = 3 * n, BColumn = 3, CRow = n });
    }

    static void Check<V, TA, TB>(MatMulShape shape)
        where V : unmanaged, ISimd<V, float>
        where TA : unmanaged
        where TB : unmanaged
    {
        nint aSize = 2 * (shape.ABatch + shape.M * shape.ARow + shape.K * shape.AColumn + 1), bSize = 2 * (shape.BBatch + shape.K * shape.BRow + shape.N * shape.BColumn + 1);
        nint cSize = (shape.Batch - 1) * shape.CBatch + (shape.M - 1) * shape.CRow + shape.N;
        using var wideA = new GuardedArray<float>(aSize).Randomize(1);
        using var wideB = new GuardedArray<float>(bSize).Randomize(2);
        using var a = Rounded<TA>(wideA);
        using var b = Rounded<TB>(wideB);
        using var expected = new GuardedArray<float>(cSize);
        expected.Values.Clear();
        float* pa = wideA.Pointer, pb = wideB.Pointer, pe = expected.Pointer;
        float* lane = stackalloc float[V.Count];
        // Plainly, in the order of all kernels.
        for (nint batch = 0; batch < shape.Batch; batch++)
            for (nint i = 0; i < shape.M; i++)
                for (nint j = 0; j < shape.N; j++)
                {
                    var sum = V.Zero;
                    for (nint k = 0; k < shape.K; k++)
                        sum = V.MultiplyAdd(V.Create(pa[batch * shape.ABatch + i * shape.ARow + k * shape.AColumn]), V.Create(pb[batch * shape.BBatch + k * shape.BRow + j * shape.BColumn]), sum);
                    sum.Store(lane);
                    pe[batch * shape.CBatch + i * shape.CRow + j] = *lane;
                }
        // Of one product, with weights in panels and without.
        bool packs = shape.Batch == 1 && typeof(TB) != typeof(float);
        using var panels = new GuardedArray<float>(packs ? shape.K * ((shape.N + 15) / 16 * 16) : 0);
        TA* na = (TA*)a.Pointer;
        TB* nb = (TB*)b.Pointer;
        float* pp = panels.Pointer;
        if (packs) WeightPanels.Pack<V, float, TB>(nb, shape.BRow, shape.BColumn, shape.K, shape.N, pp);
        foreach (int threads in packs ? [.. OnTeam.Sizes, .. OnTeam.Sizes.Select(t => -t)] : OnTeam.Sizes)
        {
            using var c = new GuardedArray<float>(cSize);
            c.Values.Clear();
            float* pc = c.Pointer;
            OnTeam.Run(Math.Abs(threads), team => MatMul.Run<V, float, TA, TB, NoEpilogue>(team, shape, na, nb, pc, default, threads < 0 ? pp : null));
            for (nint i = 0; i < cSize; i++)
                if (BitConverter.SingleToInt32Bits(pe[i]) != BitConverter.SingleToInt32Bits(pc[i]))
                    Assert.Fail($"{typeof(V).Name}, {typeof(TA).Name} x {typeof(TB).Name}, {shape.M}x{shape.N}x{shape.K}, {threads} threads: element {i} is {pc[i]:R}, not {pe[i]:R}");
        }
    }

    // The same numbers twice: as 16 bits (or as they are), and widened in place.
    static GuardedArray<byte> Rounded<N>(GuardedArray<float> wide) where N : unmanaged
    {
        var narrow = new GuardedArray<byte>(wide.Length * sizeof(N));
        for (nint i = 0; i < wide.Length; i++)
        {
            if (typeof(N) == typeof(float)) ((float*)narrow.Pointer)[i] = wide.Pointer[i];
            else if (typeof(N) == typeof(Half)) wide.Pointer[i] = (float)(((Half*)narrow.Pointer)[i] = (Half)wide.Pointer[i]);
            else wide.Pointer[i] = (float)(((BFloat16*)narrow.Pointer)[i] = (BFloat16)wide.Pointer[i]);
        }
        return narrow;
    }
}
