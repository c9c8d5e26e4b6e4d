using System.Numerics;
using ModelGen.Testing;

namespace ModelGen.Execution.Tests;

[Collection("Teams")]
public unsafe class MatMulTests
{
    public static TheoryData<int, int, int> Sizes
    {
        get
        {
            var data = new TheoryData<int, int, int>();
            int[] odd = [1, 2, 3, 5, 6, 7, 8, 9, 13, 15, 16, 17, 31, 32, 33, 47, 64, 67];
            var random = new Random(1);
            foreach (int size in odd)
            {
                data.Add(size, odd[random.Next(odd.Length)], odd[random.Next(odd.Length)]);
                data.Add(odd[random.Next(odd.Length)], size, odd[random.Next(odd.Length)]);
                data.Add(1, size, 19);
                if (size % 2 == 1)
                    data.Add(2, size, 5);
                data.Add(size, 1, 21);
            }
            data.Add(4, 5, 0);
            data.Add(0, 5, 4);
            data.Add(5, 0, 4);
            data.Add(300, 40, 9);
            data.Add(20, 300, 500);
            // Far rows of B that many rows of A use: the panels are copied.
            data.Add(40, 391, 11);
            return data;
        }
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Equals_naive_loops_in_every_width(int m, int n, int k)
    {
        Check<F32x16, float>(m, n, k);
        Check<F32x8, float>(m, n, k);
        Check<F32x4, float>(m, n, k);
        Check<F32x1, float>(m, n, k);
        Check<F64x4, double>(m, n, k);
        // Half of the sizes are enough for the rest, which runs the same code.
        if (m % 2 == 0)
            return;
        Check<F64x8, double>(m, n, k);
        Check<F64x2, double>(m, n, k);
        Check<F64x1, double>(m, n, k);
    }

    [Fact]
    public void Equals_naive_loops_for_every_size()
    {
        for (int size = 1; size <= 67; size++)
        {
            Check<F32x8, float>(size, 68 - size, size * 7 % 67 + 1);
            switch (size % 4)
            {
                case 0: Check<F32x16, float>(68 - size, size, size); break;
                case 1: Check<F32x4, float>(size * 5 % 67 + 1, size, 68 - size); break;
                case 2: Check<F32x1, float>(size, size * 3 % 67 + 1, 9); break;
                default: Check<F64x4, double>(size, size * 5 % 67 + 1, 68 - size); break;
            }
        }
    }

    static void Check<V, T>(int m, int n, int k)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (bool transposeA in new[] { false, true })
            foreach (bool transposeB in new[] { false, true })
            {
                int pad = (m + n) % 3;
                int batch = m * n < 200 ? 3 : 1;
                var shape = new MatMulShape
                {
                    Batch = batch, M = m, N = n, K = k,
                    ABatch = m * (k + pad) + k * (m + pad), ARow = transposeA ? 1 : k + pad, AColumn = transposeA ? m + pad : 1,
                    BBatch = batch == 3 && k % 2 == 0 ? 0 : k * (n + pad) + n * (k + pad), BRow = transposeB ? 1 : n + pad, BColumn = transposeB ? k + pad : 1,
                    CBatch = m * (n + pad), CRow = n + pad,
                };
                Check<V, T>(shape);
            }
        Check<V, T>(new MatMulShape { Batch = 1, M = m, N = n, K = k, ARow = 2 * k, AColumn = 2, BRow = 3 * n, BColumn = 3, CRow = n });
    }

    static void Check<V, T>(MatMulShape shape)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var a = new GuardedArray<T>(Last(shape.Batch, shape.ABatch, shape.M, shape.ARow, shape.K, shape.AColumn)).Randomize(1);
        using var b = new GuardedArray<T>(Last(shape.Batch, shape.BBatch, shape.K, shape.BRow, shape.N, shape.BColumn)).Randomize(2);
        nint size = Last(shape.Batch, shape.CBatch, shape.M, shape.CRow, shape.N, 1);
        T[]? first = null;
        foreach (int threads in OnTeam.Sizes)
        {
            using var c = new GuardedArray<T>(size);
            T* pa = a.Pointer, pb = b.Pointer, pc = c.Pointer;
            OnTeam.Run(threads, team => MatMul.Run<V, T, AddOne<T>>(team, shape, pa, pb, pc, new AddOne<T>(pc, shape)));
            if (first is null)
            {
                first = c.Values.ToArray();
                double[] wideA = Widen(a.Values), wideB = Widen(b.Values), wideC = Widen(c.Values);
                double tolerance = (sizeof(T) == 4 ? 2e-7 : 1e-15) * (shape.K + 2);
                for (nint i = 0; i < shape.Batch; i++)
                    for (nint row = 0; row < shape.M; row++)
                        for (nint column = 0; column < shape.N; column++)
                        {
                            double sum = 1;
                            for (nint j = 0; j < shape.K; j++)
                                sum += wideA[i * shape.ABatch + row * shape.ARow + j * shape.AColumn]
                                    * wideB[i * shape.BBatch + j * shape.BRow + column * shape.BColumn];
                            double actual = wideC[i * shape.CBatch + row * shape.CRow + column];
                            if (!(Math.Abs(actual - sum) <= tolerance))
                                Assert.Fail($"{typeof(V).Name}: C[{i}, {row}, {column}] of {shape.M}x{shape.N}x{shape.K} is {actual}, not {sum}");
                        }
            }
            else
            {
                Assert.True(first.AsSpan().SequenceEqual(c.Values) || SameBits(first, c.Values), $"{threads} threads give other bits than one");
            }
        }
        if (shape.Batch == 1) CheckPanels<V, T>(shape, a, b, first!);
    }

    // The same product with B copied beforehand.
    static void CheckPanels<V, T>(MatMulShape shape, GuardedArray<T> a, GuardedArray<T> b, T[] expected)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var panels = new GuardedArray<T>(shape.K * ((shape.N + 15) / 16 * 16));
        WeightPanels.Pack<V, T>(b.Pointer, shape.BRow, shape.BColumn, shape.K, shape.N, panels.Pointer);
        foreach (int threads in OnTeam.Sizes)
        {
            using var c = new GuardedArray<T>(expected.Length);
            T* pa = a.Pointer, pb = b.Pointer, pp = panels.Pointer, pc = c.Pointer;
            OnTeam.Run(threads, team => MatMul.Run<V, T, AddOne<T>>(team, shape, pa, pb, pc, new AddOne<T>(pc, shape), pp));
            Assert.True(SameBits(expected, c.Values), $"{typeof(V).Name}: {shape.M}x{shape.N}x{shape.K} in panels on {threads} threads has other bits");
        }
    }

    static double[] Widen<T>(ReadOnlySpan<T> values) where T : unmanaged, INumber<T>
    {
        double[] wide = new double[values.Length];
        for (int i = 0; i < wide.Length; i++)
            wide[i] = double.CreateChecked(values[i]);
        return wide;
    }

    /// <summary>Equal, where gaps between the rows of C are NaN on both sides.</summary>
    static bool SameBits<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b) where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < a.Length; i++)
            if (!a[i].Equals(b[i]))
                return false;
        return true;
    }

    static nint Last(nint batch, nint batchStride, nint rows, nint rowStride, nint columns, nint columnStride) =>
        batch * rows * columns == 0 ? 0 : (batch - 1) * batchStride + (rows - 1) * rowStride + (columns - 1) * columnStride + 1;

    [Fact]
    public void Widths_give_the_same_bits()
    {
        float[] Product<V>() where V : unmanaged, ISimd<V, float>
        {
            using var a = new GuardedArray<float>(37 * 51).Randomize(1);
            using var b = new GuardedArray<float>(51 * 45).Randomize(2);
            using var c = new GuardedArray<float>(37 * 45);
            MatMul.Run<V, float, NoEpilogue>(Team.Single, MatMulShape.Contiguous(37, 45, 51), a.Pointer, b.Pointer, c.Pointer, default);
            return c.Values.ToArray();
        }
        float[] expected = Product<F32x8>();
        Assert.Equal(expected, Product<F32x16>());
        Assert.Equal(expected, Product<F32x4>());
        Assert.Equal(expected, Product<F32x1>());
    }

    [Fact]
    public void The_committed_micro_kernels_are_what_the_printer_prints()
    {
        string committed = File.ReadAllText(Path.Combine(Repository.Root, "src", "Runtime", "ModelGen.Runtime", "Kernels", "MicroKernels.g.cs"));
        Assert.True(committed.ReplaceLineEndings("\n") == Tools.MicroKernelPrinter.Print(), "Run: dotnet run --project tools/KernelPrinter");
    }

    /// <summary>Adds one to every element: fails when a block comes twice, not at all, or too early.</summary>
    readonly struct AddOne<T>(T* c, MatMulShape shape) : IEpilogue where T : unmanaged, INumber<T>
    {
        public void Apply(nint batch, nint row, nint rows, nint column, nint columns)
        {
            for (nint i = row; i < row + rows; i++)
                for (nint j = column; j < column + columns; j++)
                    c[batch * shape.CBatch + i * shape.CRow + j] += T.One;
        }
    }
}
