namespace ModelGen.Execution;

/// <summary>
/// Clips the gradients of a step in place, inside the fork of the update: by value, then by the norm of all of them (Pascanu, Mikolov and Bengio, "On the difficulty of
/// training recurrent neural networks", 2013), as PyTorch's clip_grad_value_ and clip_grad_norm_. The sum of squares goes over fixed blocks of the arena in
/// a fixed order, whatever the number of threads.
/// </summary>
internal static unsafe class GradientClip
{
    /// <summary>Added to the norm before the division, as PyTorch does.</summary>
    const double Epsilon = 1e-6;

    /// <summary>This thread's share of the limit by value, and of the squares.</summary>
    public static void Measure<T>(Team team, T* gradients, ReadOnlySpan<long> ranges, double* blockSums, long elements, double limit, bool isNorm) where T : unmanaged
    {
        team.Range(Blocks(elements), 1, out nint from, out nint to);
        for (nint block = from; block < to; block++)
        {
            double sum = 0;
            for (int r = 0; r < ranges.Length; r += 2)
            {
                var (first, count) = Part(block, ranges[r], ranges[r + 1]);
                if (count > 0) sum += Run(new Measuring(limit, isNorm), gradients + first, count);
            }
            blockSums[block] = sum;
        }
    }

    /// <summary>This thread's share of the division by a loss scale, and of the search for what is not finite.</summary>
    public static void Unscale<T>(Team team, T* gradients, ReadOnlySpan<long> ranges, double* blockSums, long elements, double factor) where T : unmanaged
    {
        team.Range(Blocks(elements), 1, out nint from, out nint to);
        for (nint block = from; block < to; block++)
        {
            double sum = 0;
            for (int r = 0; r < ranges.Length; r += 2)
            {
                var (first, count) = Part(block, ranges[r], ranges[r + 1]);
                if (count > 0) sum += Run(new Unscaling(factor), gradients + first, count);
            }
            blockSums[block] = sum;
        }
    }

    /// <summary>Whether <see cref="Unscale"/> found only finite numbers.</summary>
    public static bool IsFinite(double* blockSums, long elements)
    {
        double sum = 0;
        for (nint block = 0; block < Blocks(elements); block++) sum += blockSums[block];
        return double.IsFinite(sum);
    }

    /// <summary>The norm; every thread adds up the same numbers in the same order.</summary>
    public static double Norm(double* blockSums, long elements)
    {
        double sum = 0;
        for (nint block = 0; block < Blocks(elements); block++) sum += blockSums[block];
        return Math.Sqrt(sum);
    }

    /// <summary>What gradients of a norm are multiplied by, at most 1.</summary>
    public static double Factor(double norm, double limit) => Math.Min(1, limit / (norm + Epsilon));

    /// <summary>This thread's share of the scaling; nothing when the norm is small enough.</summary>
    public static void Scale<T>(Team team, T* gradients, ReadOnlySpan<long> ranges, long elements, double norm, double limit) where T : unmanaged
    {
        double factor = Factor(norm, limit);
        if (factor == 1) return;
        team.Range(Blocks(elements), 1, out nint from, out nint to);
        for (nint block = from; block < to; block++)
        {
            for (int r = 0; r < ranges.Length; r += 2)
            {
                var (first, count) = Part(block, ranges[r], ranges[r + 1]);
                if (count > 0) Run(new Scaling(factor), gradients + first, count);
            }
        }
    }

    /// <summary>How many sums of squares there are.</summary>
    public static nint Blocks(long elements) => (nint)((elements + UpdateRule.Block - 1) / UpdateRule.Block);

    // What a block of the arena and a range have in common.
    static (nint First, nint Count) Part(nint block, long offset, long count)
    {
        nint first = nint.Max(block * UpdateRule.Block, (nint)offset), end = nint.Min((block + 1) * UpdateRule.Block, (nint)(offset + count));
        return (first, end - first);
    }

    /// <summary>A lane of a vector, whatever its type.</summary>
    public static double ToDouble<T>(T value) where T : unmanaged => typeof(T) == typeof(float) ? *(float*)&value : *(double*)&value;

    interface IPass
    {
        double Apply<V, T>(T* x, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged;
    }

    static double Run<TPass, T>(in TPass pass, T* x, nint count) where TPass : struct, IPass where T : unmanaged => typeof(T) == typeof(float)
        ? Simd.Width switch
        {
            SimdWidth.Bits512 => pass.Apply<F32x16, float>((float*)x, count),
            SimdWidth.Bits256 => pass.Apply<F32x8, float>((float*)x, count),
            SimdWidth.Bits128 => pass.Apply<F32x4, float>((float*)x, count),
            _ => pass.Apply<F32x1, float>((float*)x, count),
        }
        : Simd.Width switch
        {
            SimdWidth.Bits512 => pass.Apply<F64x8, double>((double*)x, count),
            SimdWidth.Bits256 => pass.Apply<F64x4, double>((double*)x, count),
            SimdWidth.Bits128 => pass.Apply<F64x2, double>((double*)x, count),
            _ => pass.Apply<F64x1, double>((double*)x, count),
        };

    readonly struct Measuring(double limit, bool isNorm) : IPass
    {
        readonly double limit = limit;
        readonly bool isNorm = isNorm;

        public double Apply<V, T>(T* x, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            V high = V.FromDouble(limit), low = V.FromDouble(-limit), sum = V.Zero;
            for (nint i = 0; i < count; i += V.Count)
            {
                nint left = count - i;
                V g = V.LoadPartial(x + i, left);
                if (!double.IsPositiveInfinity(limit))
                {
                    // In this order of operands a NaN stays.
                    g = V.Min(high, V.Max(low, g));
                    g.StorePartial(x + i, left);
                }
                sum = V.MultiplyAdd(g, g, sum);
            }
            return isNorm ? ToDouble(V.Sum(sum)) : 0;
        }
    }

    readonly struct Unscaling(double factor) : IPass
    {
        readonly double factor = factor;

        public double Apply<V, T>(T* x, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            V scale = V.FromDouble(factor), sum = V.Zero;
            for (nint i = 0; i < count; i += V.Count)
            {
                V g = V.LoadPartial(x + i, count - i);
                // 0 for all finite numbers, NaN for the others.
                sum += g * V.Zero;
                (scale * g).StorePartial(x + i, count - i);
            }
            return ToDouble(V.Sum(sum));
        }
    }

    readonly struct Scaling(double factor) : IPass
    {
        readonly double factor = factor;

        public double Apply<V, T>(T* x, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged
        {
            V scale = V.FromDouble(factor);
            for (nint i = 0; i < count; i += V.Count) (scale * V.LoadPartial(x + i, count - i)).StorePartial(x + i, count - i);
            return 0;
        }
    }
}
