namespace ModelGen.Execution;

/// <summary>One optimizer's formula over a range of weights, written once for all vector types.</summary>
internal unsafe interface IUpdateRule
{
    /// <summary>Updates <paramref name="count"/> weights; slots that the rule does not have are null.</summary>
    void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged;
}

/// <summary>Chooses the vector type and this thread's share.</summary>
internal static unsafe class UpdateRule
{
    // Shares begin at whole cache lines, and are worth a thread's while.
    const int Grain = 1024;

    public static void Run<TRule>(in TRule rule, Team team, long offset, long count, float* values, float* gradients, void* slot0, void* slot1)
        where TRule : struct, IUpdateRule
    {
        team.Range((nint)count, Grain, out nint from, out nint to);
        nint start = (nint)offset + from, length = to - from;
        float* s0 = slot0 == null ? null : (float*)slot0 + start, s1 = slot1 == null ? null : (float*)slot1 + start;
        switch (Simd.Width)
        {
            case SimdWidth.Bits512: rule.Apply<F32x16, float>(values + start, gradients + start, s0, s1, length); break;
            case SimdWidth.Bits256: rule.Apply<F32x8, float>(values + start, gradients + start, s0, s1, length); break;
            case SimdWidth.Bits128: rule.Apply<F32x4, float>(values + start, gradients + start, s0, s1, length); break;
            default: rule.Apply<F32x1, float>(values + start, gradients + start, s0, s1, length); break;
        }
    }

    public static void Run<TRule>(in TRule rule, Team team, long offset, long count, double* values, double* gradients, void* slot0, void* slot1)
        where TRule : struct, IUpdateRule
    {
        team.Range((nint)count, Grain, out nint from, out nint to);
        nint start = (nint)offset + from, length = to - from;
        double* s0 = slot0 == null ? null : (double*)slot0 + start, s1 = slot1 == null ? null : (double*)slot1 + start;
        switch (Simd.Width)
        {
            case SimdWidth.Bits512: rule.Apply<F64x8, double>(values + start, gradients + start, s0, s1, length); break;
            case SimdWidth.Bits256: rule.Apply<F64x4, double>(values + start, gradients + start, s0, s1, length); break;
            case SimdWidth.Bits128: rule.Apply<F64x2, double>(values + start, gradients + start, s0, s1, length); break;
            default: rule.Apply<F64x1, double>(values + start, gradients + start, s0, s1, length); break;
        }
    }
}
