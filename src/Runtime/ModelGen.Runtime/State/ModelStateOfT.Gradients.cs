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
        GradientsAreKept = true;
    }

    internal override void Step(Optimizer optimizer)
    {
        BeginTraining("Step");
        try
        {
            var ranges = Pending.Ranges();
            if (ranges.IsEmpty) throw new InvalidOperationException(
                $"There are no gradients of {ModelName} to make a step with: none were computed since the last update. Call ComputeGradients or AccumulateGradients first.");
            OptimizerStep.Run(optimizer, this, Values, Gradients, AccumulatedScaling, isScaled: false, ranges);
            Pending.Clear();
        }
        finally
        {
            EndTraining();
        }
    }
}
