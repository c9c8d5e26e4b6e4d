using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelGen.Execution.Tests;

public unsafe class SimdTests
{
    [Fact]
    public void F32x16_works_lane_by_lane() => Lanes<F32x16, float>(16);

    [Fact]
    public void F32x8_works_lane_by_lane() => Lanes<F32x8, float>(8);

    [Fact]
    public void F32x4_works_lane_by_lane() => Lanes<F32x4, float>(4);

    [Fact]
    public void F32x1_works_lane_by_lane() => Lanes<F32x1, float>(1);

    [Fact]
    public void F64x8_works_lane_by_lane() => Lanes<F64x8, double>(8);

    [Fact]
    public void F64x4_works_lane_by_lane() => Lanes<F64x4, double>(4);

    [Fact]
    public void F64x2_works_lane_by_lane() => Lanes<F64x2, double>(2);

    [Fact]
    public void F64x1_works_lane_by_lane() => Lanes<F64x1, double>(1);

    static void Lanes<V, T>(int count)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Assert.Equal(count, V.Count);
        double[] special = [0, -0.0, 1, -1, 0.5, -2.5, 3.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e30, -7.25];
        foreach (double p in special)
            foreach (double q in special)
            {
                T x = T.CreateChecked(p), y = T.CreateChecked(q);
                V a = V.Create(x), b = V.Create(y);
                Same(x + y, a + b);
                Same(x - y, a - b);
                Same(x * y, a * b);
                Same(x / y, a / b);
                Same(-x, -a);
                Same(x < y ? x : y, V.Min(a, b));
                Same(x > y ? x : y, V.Max(a, b));
                Same(T.Abs(x), V.Abs(a));
                Same(T.Sqrt(x), V.Sqrt(a));
                Same(T.One / T.Sqrt(x), V.ReciprocalSqrt(a));
                Same(T.Floor(x), V.Floor(a));
                Same(T.Round(x), V.Round(a));
                Same(T.Pow(x, y), V.Pow(a, b));
                Mask(x < y, V.LessThan(a, b));
                Mask(x <= y, V.LessThanOrEqual(a, b));
                Mask(x > y, V.GreaterThan(a, b));
                Mask(x >= y, V.GreaterThanOrEqual(a, b));
                Mask(x == y, V.Equal(a, b));
                Mask(x != y, V.NotEqual(a, b));
                Mask(!(x < y), V.Not(V.LessThan(a, b)));
                Mask(x < y && x != T.Zero, V.And(V.LessThan(a, b), V.NotEqual(a, V.Zero)));
                Mask(x < y || x == T.Zero, V.Or(V.LessThan(a, b), V.Equal(a, V.Zero)));
                double sum = (double)(object)double.CreateChecked(x * y) + double.CreateChecked(T.One);
                T fused = First(V.MultiplyAdd(a, b, V.One));
                Assert.True(T.IsNaN(fused) == double.IsNaN(sum) || T.IsInfinity(fused));
            }
        Memory<V, T>();

        static T First(V v) => *(T*)&v;

        static void Same(T expected, V actual)
        {
            for (int i = 0; i < V.Count; i++)
                if (!((T*)&actual)[i].Equals(expected) || (T.IsNegative(expected) != T.IsNegative(((T*)&actual)[i]) && !T.IsNaN(expected)))
                    Assert.Fail($"lane {i} is {((T*)&actual)[i]}, not {expected}");
        }

        static void Mask(bool expected, V actual)
        {
            Same(expected ? T.CreateChecked(3) : T.CreateChecked(4), V.Select(actual, V.Create(T.CreateChecked(3)), V.Create(T.CreateChecked(4))));
            var bytes = new ReadOnlySpan<byte>(&actual, sizeof(V));
            Assert.True(bytes.IndexOfAnyExcept((byte)(expected ? 0xFF : 0)) < 0);
        }
    }

    static void Memory<V, T>()
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int n = -1; n <= V.Count + 1; n++)
        {
            int kept = Math.Clamp(n, 0, V.Count);
            using var source = new GuardedArray<T>(V.Count).Randomize(n + 2);
            using var destination = new GuardedArray<T>(V.Count);
            V loaded = V.LoadPartial(source.Pointer, n);
            loaded.Store(destination.Pointer);
            for (int i = 0; i < V.Count; i++)
                Assert.Equal(i < kept ? source.Values[i] : T.Zero, destination.Values[i]);
            destination.Values.Fill(T.One);
            V.Load(source.Pointer).StorePartial(destination.Pointer, n);
            for (int i = 0; i < V.Count; i++)
                Assert.Equal(i < kept ? source.Values[i] : T.One, destination.Values[i]);
        }
        V sequence = V.CreateSequence(T.CreateChecked(5));
        T total = T.Zero;
        for (int i = 0; i < V.Count; i++)
        {
            Assert.Equal(T.CreateChecked(5 + i), ((T*)&sequence)[i]);
            total += T.CreateChecked(5 + i);
        }
        Assert.Equal(total, V.Sum(sequence));
        Assert.Equal(T.CreateChecked(4 + V.Count), V.MaxElement(sequence));
        Assert.Equal(T.CreateChecked(5), V.MinElement(sequence));
        Assert.Equal(T.CreateChecked(-5), V.MaxElement(-sequence));
        Assert.Equal(T.CreateChecked(0.25), V.Sum(V.FromDouble(0.25)) / T.CreateChecked(V.Count));
    }

    [Fact]
    public void Partial_vectors_touch_nothing_behind_them()
    {
        // The last bytes before a page that may not be touched; only where the platform can protect one.
        if (!OperatingSystem.IsLinux())
            return;
        const int Page = 4096;
        nint memory = Mmap(0, 2 * Page, 3, 0x22, -1, 0);
        Assert.NotEqual(-1, memory);
        Assert.Equal(0, Mprotect(memory + Page, Page, 0));
        byte* end = (byte*)memory + Page;
        for (int n = 0; n < 16; n++)
        {
            float* p = (float*)end - n;
            F32x16.LoadPartial(p, n).StorePartial(p, n);
            F32x8.LoadPartial(p, Math.Min(n, 7)).StorePartial(p, Math.Min(n, 7));
            F32x4.LoadPartial(p, Math.Min(n, 3)).StorePartial(p, Math.Min(n, 3));
            F32x1.LoadPartial(p, Math.Min(n, 1)).StorePartial(p, Math.Min(n, 1));
        }
        // Matrices that end at the page: neither the tail of a row of B nor one of C may reach beyond.
        float* c = stackalloc float[4 * 17], a = stackalloc float[20];
        foreach (int columns in new[] { 1, 3, 9, 17 })
        {
            float* b = (float*)end - 5 * columns;
            MatMul.Run<F32x8, float, NoEpilogue>(Team.Single, MatMulShape.Contiguous(4, columns, 5), a, b, c, default);
            MatMul.Run<F32x8, float, NoEpilogue>(Team.Single, MatMulShape.Contiguous(4, columns, 5, transposeB: true), a, b, c, default);
            MatMul.Run<F32x8, float, NoEpilogue>(Team.Single, MatMulShape.Contiguous(5, columns, 4), a, c, b, default);
        }
        Assert.Equal(0, Munmap(memory, 2 * Page));
    }

    [DllImport("libc", EntryPoint = "mmap")]
    static extern nint Mmap(nint address, nint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect")]
    static extern int Mprotect(nint address, nint length, int protection);

    [DllImport("libc", EntryPoint = "munmap")]
    static extern int Munmap(nint address, nint length);

    [Fact]
    public void The_width_comes_from_the_hardware_or_the_environment()
    {
        Assert.Equal(SimdWidth.Bits512, Simd.Choose("512"));
        Assert.Equal(SimdWidth.Scalar, Simd.Choose("1"));
        Assert.True(Enum.IsDefined(Simd.Choose(null)));
        foreach (string nonsense in new[] { "64", "wide", "-1", " 256", "99999999999" })
            Assert.Contains(nonsense, Assert.Throws<InvalidOperationException>(() => Simd.Choose(nonsense)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Simd.Width = (SimdWidth)7);
    }
}
