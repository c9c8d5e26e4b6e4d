using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelGen.Benchmarks.Measuring;

/// <summary>
/// The multiply-add peak of one core, measured: independent chains of fused multiply-adds in registers, as many as hide the latency.
/// Measured in the same run as the workloads, because a shared machine has another clock every minute.
/// </summary>
internal static class Peak
{
    const int Chains = 10, Iterations = 20_000;

    /// <summary>Billions of floating-point operations a second (a multiply-add is two) of one core: the best of many short runs.</summary>
    public static double GigaflopsOfOneCore()
    {
        double best = 0;
        float sum = 0;
        for (int run = 0; run < 300; run++)
        {
            long start = Stopwatch.GetTimestamp();
            sum += Vector512.IsHardwareAccelerated ? Run512() : Vector256.IsHardwareAccelerated ? Run256() : Run128();
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            int lanes = Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;
            best = Math.Max(best, 2.0 * lanes * Chains * Iterations / seconds / 1e9);
        }
        return float.IsNaN(sum) ? 0 : best;   // the sum is used, so that nothing is left out
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Run512()
    {
        var m = Vector512.Create(0.999f);
        Vector512<float> a = m, b = m, c = m, d = m, e = m, f = m, g = m, h = m, i = m, j = m;
        for (int n = 0; n < Iterations; n++)
        {
            a = Vector512.FusedMultiplyAdd(a, m, m); b = Vector512.FusedMultiplyAdd(b, m, m);
            c = Vector512.FusedMultiplyAdd(c, m, m); d = Vector512.FusedMultiplyAdd(d, m, m);
            e = Vector512.FusedMultiplyAdd(e, m, m); f = Vector512.FusedMultiplyAdd(f, m, m);
            g = Vector512.FusedMultiplyAdd(g, m, m); h = Vector512.FusedMultiplyAdd(h, m, m);
            i = Vector512.FusedMultiplyAdd(i, m, m); j = Vector512.FusedMultiplyAdd(j, m, m);
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Run256()
    {
        var m = Vector256.Create(0.999f);
        Vector256<float> a = m, b = m, c = m, d = m, e = m, f = m, g = m, h = m, i = m, j = m;
        for (int n = 0; n < Iterations; n++)
        {
            a = Vector256.FusedMultiplyAdd(a, m, m); b = Vector256.FusedMultiplyAdd(b, m, m);
            c = Vector256.FusedMultiplyAdd(c, m, m); d = Vector256.FusedMultiplyAdd(d, m, m);
            e = Vector256.FusedMultiplyAdd(e, m, m); f = Vector256.FusedMultiplyAdd(f, m, m);
            g = Vector256.FusedMultiplyAdd(g, m, m); h = Vector256.FusedMultiplyAdd(h, m, m);
            i = Vector256.FusedMultiplyAdd(i, m, m); j = Vector256.FusedMultiplyAdd(j, m, m);
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Run128()
    {
        var m = Vector128.Create(0.999f);
        Vector128<float> a = m, b = m, c = m, d = m, e = m, f = m, g = m, h = m, i = m, j = m;
        for (int n = 0; n < Iterations; n++)
        {
            a = Vector128.FusedMultiplyAdd(a, m, m); b = Vector128.FusedMultiplyAdd(b, m, m);
            c = Vector128.FusedMultiplyAdd(c, m, m); d = Vector128.FusedMultiplyAdd(d, m, m);
            e = Vector128.FusedMultiplyAdd(e, m, m); f = Vector128.FusedMultiplyAdd(f, m, m);
            g = Vector128.FusedMultiplyAdd(g, m, m); h = Vector128.FusedMultiplyAdd(h, m, m);
            i = Vector128.FusedMultiplyAdd(i, m, m); j = Vector128.FusedMultiplyAdd(j, m, m);
        }
        return Vector128.Sum(a + b + c + d + e + f + g + h + i + j);
    }
}
