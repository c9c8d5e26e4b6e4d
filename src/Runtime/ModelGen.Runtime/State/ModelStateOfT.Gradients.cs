namespace ModelGen.Execution;

public sealed unsafe partial class ModelState<T>
{
    NativeArray? partGradients;

    /// <summary>Where a call that accumulates leaves its own gradients; of the size of <see cref="Gradients"/>, allocated at first use.</summary>
    public T* PartGradients => (T*)Allocated(ref partGradients).Pointer;

    internal override void Accumulate(double weight, ReadOnlySpan<long> ranges)
    {
        var trained = Pending.Trained;
        for (int i = 0; i < trained.Length; i++)
        {
            if (!Pending.IsIn(ranges, i)) continue;
            long offset = trained[i].Offset;
            GradientSum.Add(Gradients + offset, PartGradients + offset, trained[i].Length, weight, begins: !Pending.Waits(i));
        }
        Pending.Add(ranges);
        KeepGradients(ranges, GradientsAreKept);
    }

    internal override void KeepGradients(ReadOnlySpan<long> ranges, bool others)
    {
        var trained = Pending.Trained;
        for (int i = 0; i < trained.Length && !others; i++)
            if (!Pending.IsIn(ranges, i)) new Span<T>(Gradients + trained[i].Offset, trained[i].Length).Clear();
        GradientsAreKept = true;
    }

    internal override void Step(Optimizer optimizer)
    {
        BeginTraining("Step");
        try
        {
            var ranges = Pending.Ranges();
            if (ranges.IsEmpty) throw new InvalidOperationException(
                $"There are no gradients of {ModelName} to make a step with: none were computed since the last update, or a call that failed has discarded them. Call ComputeGradients or AccumulateGradients first.");
            OptimizerStep.Run(optimizer, this, Values, Gradients, AccumulatedScaling, isScaled: false, ranges);
            Pending.Clear();
        }
        finally
        {
            EndTraining();
        }
    }
}
