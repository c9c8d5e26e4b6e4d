using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>The update after a training step, by a rule that needs all gradients at once.</summary>
internal static unsafe class OptimizerStep
{
    /// <summary>
    /// Updates some ranges of the weights from their gradients. Weights outside the ranges keep their values: they belong to layers that this
    /// objective does not train.
    /// </summary>
    /// <param name="optimizer">The rule.</param>
    /// <param name="slots">What it remembers.</param>
    /// <param name="values">The weights.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="ranges">First element and count of each range, in pairs.</param>
    public static void Run<T>(Optimizer optimizer, OptimizerSlots slots, T* values, T* gradients, ReadOnlySpan<long> ranges) where T : unmanaged
    {
        var update = new Update<T> { Optimizer = optimizer, Slots = slots, Values = values, Gradients = gradients };
        for (int i = 0; i < ranges.Length; i += 2)
        {
            (update.Offset, update.Count) = (ranges[i], ranges[i + 1]);
            // A weight costs a handful of multiply-adds, and the same number of cache misses.
            WorkerPool.Run(&RunShare<T>, Unsafe.AsPointer(ref update), WorkerPool.ThreadsFor(8 * update.Count));
        }
    }

    // It lies on the caller's stack, which outlives the run; the collector sees its references there.
    struct Update<T> where T : unmanaged
    {
        public Optimizer Optimizer;
        public OptimizerSlots Slots;
        public long Offset, Count;
        public T* Values, Gradients;
    }

    static void RunShare<T>(void* state, Team team) where T : unmanaged
    {
        ref var update = ref Unsafe.AsRef<Update<T>>(state);
        if (typeof(T) == typeof(float)) update.Optimizer.Update(team, update.Slots, update.Offset, update.Count, (float*)update.Values, (float*)update.Gradients);
        else update.Optimizer.Update(team, update.Slots, update.Offset, update.Count, (double*)update.Values, (double*)update.Gradients);
    }
}
