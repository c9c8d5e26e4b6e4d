using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>Sums of rows in memory: what the gradients of gathered, sampled and carried rows are made of.</summary>
static unsafe class RowSum
{
    /// <summary>sum += row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add<V, T>(T* row, T* sum, nint count)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        nint i = 0;
        for (; i <= count - V.Count; i += V.Count) (V.Load(sum + i) + V.Load(row + i)).Store(sum + i);
        if (i < count) (V.LoadPartial(sum + i, count - i) + V.LoadPartial(row + i, count - i)).StorePartial(sum + i, count - i);
    }

    /// <summary>sum += weight · row, the weight in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add<V, T>(T* row, V weight, T* sum, nint count)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
    {
        nint i = 0;
        for (; i <= count - V.Count; i += V.Count) V.MultiplyAdd(weight, V.Load(row + i), V.Load(sum + i)).Store(sum + i);
        if (i < count) V.MultiplyAdd(weight, V.LoadPartial(row + i, count - i), V.LoadPartial(sum + i, count - i)).StorePartial(sum + i, count - i);
    }
}
