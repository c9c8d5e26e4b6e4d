using System.Diagnostics;
using System.Runtime.CompilerServices;
using ModelGen.Execution;

namespace ModelGen.Benchmarks.Measuring;

/// <summary>
/// The multiply-add peak of one core, measured: independent chains of fused multiply-adds in registers, as many as hide the latency.
/// Measured in the same run as the workloads, because a shared machine has another clock every minute.
/// </summary>
internal static class Peak
{
    const int Chains = 10, Iterations = 20_000;

    /// <summary>
    /// Billions of floating-point operations a second (a multiply-add is two) of one core, in the vectors that the kernels use: the best of many short runs.
    /// </summary>
    public static double GigaflopsOfOneCore() => Simd.Width switch
    {
        SimdWidth.Bits512 => Best<F32x16>(),
        SimdWidth.Bits256 => Best<F32x8>(),
        SimdWidth.Bits128 => Best<F32x4>(),
        _ => Best<F32x1>(),
    };

    static double Best<V>() where V : unmanaged, ISimd<V, float>
    {
        double best = 0;
        float sum = 0;
        for (int run = 0; run < 300; run++)
        {
            long start = Stopwatch.GetTimestamp();
            sum += Run<V>();
            best = Math.Max(best, 2.0 * V.Count * Chains * Iterations / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }
        return float.IsNaN(sum) ? 0 : best;   // the sum is used, so that nothing is left out
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Run<V>() where V : unmanaged, ISimd<V, float>
    {
        V m = V.Create(0.999f), a = m, b = m, c = m, d = m, e = m, f = m, g = m, h = m, i = m, j = m;
        for (int n = 0; n < Iterations; n++)
        {
            a = V.MultiplyAdd(a, m, m); b = V.MultiplyAdd(b, m, m);
            c = V.MultiplyAdd(c, m, m); d = V.MultiplyAdd(d, m, m);
            e = V.MultiplyAdd(e, m, m); f = V.MultiplyAdd(f, m, m);
            g = V.MultiplyAdd(g, m, m); h = V.MultiplyAdd(h, m, m);
            i = V.MultiplyAdd(i, m, m); j = V.MultiplyAdd(j, m, m);
        }
        return V.Sum(a + b + c + d + e + f + g + h + i + j);
    }
}
