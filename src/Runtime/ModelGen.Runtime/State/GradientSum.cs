using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>s ← s + weight · g, or s ← weight · g: gradients of several calls that wait for one update.</summary>
internal static unsafe class GradientSum
{
    struct Sum<T> where T : unmanaged
    {
        public T* Sums, Part;
        public nint Count;
        public double Weight;
        public bool Begins;
    }

    /// <summary>Adds <paramref name="count"/> gradients, on all threads when that pays. The bits do not depend on the number of threads.</summary>
    /// <param name="sums">What there is.</param>
    /// <param name="part">What is added.</param>
    /// <param name="count">How many.</param>
    /// <param name="weight">What the added ones are multiplied by.</param>
    /// <param name="begins">Whether what there is does not count.</param>
    public static void Add<T>(T* sums, T* part, nint count, double weight, bool begins) where T : unmanaged
    {
        var sum = new Sum<T> { Sums = sums, Part = part, Count = count, Weight = weight, Begins = begins };
        WorkerPool.Run(&Share<T>, Unsafe.AsPointer(ref sum), WorkerPool.ThreadsFor(4 * count));
    }

    static void Share<T>(void* state, Team team) where T : unmanaged
    {
        ref var sum = ref Unsafe.AsRef<Sum<T>>(state);
        team.Range(sum.Count, UpdateRule.Block, out nint from, out nint to);
        AddAlone(sum.Sums + from, sum.Part + from, to - from, sum.Weight, sum.Begins);
    }

    /// <summary>The same on the calling thread.</summary>
    public static void AddAlone<T>(T* sums, T* part, nint count, double weight, bool begins) where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            switch (Simd.Width)
            {
                case SimdWidth.Bits512: Run<F32x16, float>((float*)sums, (float*)part, count, weight, begins); break;
                case SimdWidth.Bits256: Run<F32x8, float>((float*)sums, (float*)part, count, weight, begins); break;
                case SimdWidth.Bits128: Run<F32x4, float>((float*)sums, (float*)part, count, weight, begins); break;
                default: Run<F32x1, float>((float*)sums, (float*)part, count, weight, begins); break;
            }
        else
            switch (Simd.Width)
            {
                case SimdWidth.Bits512: Run<F64x8, double>((double*)sums, (double*)part, count, weight, begins); break;
                case SimdWidth.Bits256: Run<F64x4, double>((double*)sums, (double*)part, count, weight, begins); break;
                case SimdWidth.Bits128: Run<F64x2, double>((double*)sums, (double*)part, count, weight, begins); break;
                default: Run<F64x1, double>((double*)sums, (double*)part, count, weight, begins); break;
            }
    }

    static void Run<V, T>(T* sums, T* part, nint count, double weight, bool begins) where V : unmanaged, ISimd<V, T> where T : unmanaged
    {
        V share = V.FromDouble(weight);
        for (nint i = 0; i < count; i += V.Count)
        {
            V g = V.LoadPartial(part + i, count - i);
            (begins ? share * g : V.MultiplyAdd(share, g, V.LoadPartial(sums + i, count - i))).StorePartial(sums + i, count - i);
        }
    }
}
