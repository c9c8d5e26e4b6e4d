namespace ModelGen.Execution;

/// <summary>One optimizer's formula over a range of weights, written once for all vector types.</summary>
internal unsafe interface IUpdateRule
{
    /// <summary>Updates <paramref name="count"/> weights; slots that the optimizer does not have are null.</summary>
    void Apply<V, T>(T* values, T* gradients, T* slot0, T* slot1, T* slot2, nint count) where V : unmanaged, ISimd<V, T> where T : unmanaged;
}

/// <summary>Chooses the vector type and this thread's share.</summary>
internal static unsafe class UpdateRule
{
    /// <summary>Shares begin at whole cache lines, and are worth a thread's while; norms are summed block by block, so that no sum depends on the number of threads.</summary>
    public const int Block = 1024;

    public static void Run<TRule>(in TRule rule, Team team, in UpdateRange range, float* values, float* gradients) where TRule : struct, IUpdateRule
    {
        team.Range((nint)range.Count, Block, out nint from, out nint to);
        nint start = (nint)range.Offset + from, count = to - from;
        float* w = values + start, g = gradients + start, s0 = At((float*)range.Slots.Slot(0), start), s1 = At((float*)range.Slots.Slot(1), start), s2 = At((float*)range.Slots.Slot(2), start);
        switch (Simd.Width)
        {
            case SimdWidth.Bits512: rule.Apply<F32x16, float>(w, g, s0, s1, s2, count); break;
            case SimdWidth.Bits256: rule.Apply<F32x8, float>(w, g, s0, s1, s2, count); break;
            case SimdWidth.Bits128: rule.Apply<F32x4, float>(w, g, s0, s1, s2, count); break;
            default: rule.Apply<F32x1, float>(w, g, s0, s1, s2, count); break;
        }
    }

    public static void Run<TRule>(in TRule rule, Team team, in UpdateRange range, double* values, double* gradients) where TRule : struct, IUpdateRule
    {
        team.Range((nint)range.Count, Block, out nint from, out nint to);
        nint start = (nint)range.Offset + from, count = to - from;
        double* w = values + start, g = gradients + start, s0 = At((double*)range.Slots.Slot(0), start), s1 = At((double*)range.Slots.Slot(1), start), s2 = At((double*)range.Slots.Slot(2), start);
        switch (Simd.Width)
        {
            case SimdWidth.Bits512: rule.Apply<F64x8, double>(w, g, s0, s1, s2, count); break;
            case SimdWidth.Bits256: rule.Apply<F64x4, double>(w, g, s0, s1, s2, count); break;
            case SimdWidth.Bits128: rule.Apply<F64x2, double>(w, g, s0, s1, s2, count); break;
            default: rule.Apply<F64x1, double>(w, g, s0, s1, s2, count); break;
        }
    }

    static T* At<T>(T* slot, nint start) where T : unmanaged => slot == null ? null : slot + start;
}
