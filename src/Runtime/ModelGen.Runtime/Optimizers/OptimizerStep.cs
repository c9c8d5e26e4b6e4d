using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>The update after a training step, by a rule that needs all gradients at once.</summary>
internal static unsafe class OptimizerStep
{
    /// <summary>
    /// Updates some ranges of the weights from their gradients, and counts one step. Weights outside the ranges keep their values: they belong to
    /// layers that this objective does not train.
    /// </summary>
    /// <param name="optimizer">The rule.</param>
    /// <param name="state">The model, of which the caller holds exclusive use.</param>
    /// <param name="values">Its weights.</param>
    /// <param name="gradients">Their gradients; clipped in place.</param>
    /// <param name="scaling">What the loss was multiplied by; null for nothing.</param>
    /// <param name="isScaled">Whether the gradients have that factor still.</param>
    /// <param name="ranges">First element and count of each range, in pairs; each is made of whole tensors.</param>
    /// <returns>False when a gradient was not finite, and the next step will be tried with a smaller scale: nothing was changed.</returns>
    /// <exception cref="InvalidOperationException">A group of the optimizer names no parameter of the model.</exception>
    /// <exception cref="NonFiniteGradientException">The norm of the gradients is to be limited, but is not finite. The weights were not changed.</exception>
    public static bool Run<T>(Optimizer optimizer, ModelState state, T* values, T* gradients, LossScaling? scaling, bool isScaled, params ReadOnlySpan<long> ranges) where T : unmanaged
    {
        var slots = optimizer.Begin(state);
        long count = 0;
        for (int i = 1; i < ranges.Length; i += 2) count += ranges[i];
        fixed (long* first = ranges)
        {
            var update = new Update<T>
            {
                Optimizer = optimizer,
                Slots = slots,
                LearningRate = optimizer.LearningRate,
                Ranges = first,
                RangeNumbers = ranges.Length,
                Elements = state.Layout.TrainableElements,
                Values = values,
                Gradients = gradients,
                Scale = scaling is null ? double.NaN : isScaled ? scaling.Scale : 1,
            };
            // A weight costs a handful of multiply-adds, and the same number of cache misses.
            WorkerPool.Run(&RunShare<T>, Unsafe.AsPointer(ref update), WorkerPool.ThreadsFor(8 * count));
            if (update.Overflows)
            {
                if (!scaling!.Fail()) throw new NonFiniteGradientException(scaling, state.ModelName, slots.StepCount);
                return false;
            }
            if (optimizer.MaxGradientNorm is not null)
            {
                optimizer.GradientNorm = update.Norm;
                if (!double.IsFinite(update.Norm)) throw new NonFiniteGradientException(update.Norm, state.ModelName, slots.StepCount);
            }
        }
        scaling?.Succeed();
        optimizer.End(slots);
        GC.KeepAlive(state);
        return true;
    }

    // It lies on the caller's stack, which outlives the run; the collector sees its references there.
    struct Update<T> where T : unmanaged
    {
        public Optimizer Optimizer;
        public OptimizerSlots Slots;
        public double LearningRate, Norm;

        // What gradients are divided by; NaN for nothing.
        public double Scale;
        public bool Overflows;
        public long* Ranges;
        public int RangeNumbers;
        public long Elements;
        public T* Values, Gradients;
    }

    static void RunShare<T>(void* state, Team team) where T : unmanaged
    {
        ref var update = ref Unsafe.AsRef<Update<T>>(state);
        var ranges = new ReadOnlySpan<long>(update.Ranges, update.RangeNumbers);
        if (!double.IsNaN(update.Scale) && !Unscale(ref update, team, ranges)) return;
        if (!Clip(ref update, team, ranges)) return;
        for (int phase = 0; phase < update.Optimizer.PhaseCount; phase++)
        {
            if (phase > 0) team.Barrier();
            for (int i = 0; i < ranges.Length; i += 2)
                update.Optimizer.UpdateSegments(team, update.Slots, update.LearningRate, ranges[i], ranges[i + 1], phase, update.Values, update.Gradients);
        }
    }

    // False when a gradient is not finite: all threads find the same.
    static bool Unscale<T>(ref Update<T> update, Team team, ReadOnlySpan<long> ranges) where T : unmanaged
    {
        double* sums = update.Slots.BlockSums;
        GradientClip.Unscale(team, update.Gradients, ranges, sums, update.Elements, 1 / update.Scale);
        team.Barrier();
        bool isFinite = GradientClip.IsFinite(sums, update.Elements);
        // The sums are needed again.
        team.Barrier();
        if (team.Index == 0) update.Overflows = !isFinite;
        return isFinite;
    }

    // False when the norm is not finite: all threads find the same, and none changes a weight.
    static bool Clip<T>(ref Update<T> update, Team team, ReadOnlySpan<long> ranges) where T : unmanaged
    {
        if (update.Optimizer is { MaxGradientNorm: null, MaxGradientValue: null }) return true;
        double* sums = update.Slots.BlockSums;
        GradientClip.Measure(team, update.Gradients, ranges, sums, update.Elements, update.Optimizer.MaxGradientValue ?? double.PositiveInfinity, update.Optimizer.MaxGradientNorm is not null);
        team.Barrier();
        if (update.Optimizer.MaxGradientNorm is not { } limit) return true;
        double norm = GradientClip.Norm(sums, update.Elements);
        if (team.Index == 0) update.Norm = norm;
        if (!double.IsFinite(norm)) return false;
        GradientClip.Scale(team, update.Gradients, ranges, update.Elements, norm, limit);
        team.Barrier();
        return true;
    }
}
