using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>What one optimizer remembers of one model: momentum and moments, one array per slot over the trained part of the arena.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class OptimizerSlots
{
    // The slots, then the partial sums.
    readonly NativeArray[] memory;

    internal OptimizerSlots(ModelState state, Optimizer optimizer, int count)
    {
        Segments = Segment.Of(state, optimizer);
        bool isDouble = state.Precision == Precision.Float64;
        long elements = state.Layout.TrainableElements;
        memory = new NativeArray[count + 1];
        for (int i = 0; i < count; i++)
        {
            memory[i] = new NativeArray(checked(elements * (isDouble ? sizeof(double) : sizeof(float))));
            double start = optimizer.SlotStart(i);
            if (start == 0) continue;
            if (isDouble) new Span<double>(memory[i].Pointer, checked((int)elements)).Fill(start);
            else new Span<float>(memory[i].Pointer, checked((int)elements)).Fill((float)start);
        }
        // Every tensor may begin one block more than its size needs.
        memory[count] = new NativeArray(checked(2 * ((elements / UpdateRule.Block) + state.Layout.Parameters.Length + 2) * sizeof(double)));
    }

    /// <summary>How many updates were completed.</summary>
    public long StepCount { get; internal set; }

    /// <summary>The first element of a slot; it lies as the arena does. Null when there are not so many slots.</summary>
    public void* Slot(int index) => index < memory.Length - 1 ? memory[index].Pointer : null;

    /// <summary>The trained part of the arena, divided by settings.</summary>
    internal Segment[] Segments { get; }

    /// <summary>A segment with the learning rate of this step.</summary>
    internal UpdateRange RangeOf(in Segment segment, double rate, int phase = 0) =>
        new(this, segment.Offset, segment.Count, segment.Scale * rate, segment.Decay, segment.Tensor, phase);

    /// <summary>The segment of a weight.</summary>
    internal ref readonly Segment SegmentAt(long offset)
    {
        int i = 0;
        while (offset >= Segments[i].Offset + Segments[i].Count) i++;
        return ref Segments[i];
    }

    /// <summary>Numbers that the rule computes once a step: bias corrections.</summary>
    internal (double First, double Second) Corrections { get; set; }

    /// <summary>The product of a momentum that changes from step to step (NAdam).</summary>
    internal double MomentumProduct { get; set; } = 1;

    /// <summary>Room for the partial sums of norms, one block of <see cref="UpdateRule.Block"/> weights each.</summary>
    internal double* BlockSums => (double*)memory[^1].Pointer;

    /// <summary>The place of the two sums of a block of a tensor.</summary>
    internal double* BlockSum(in UpdateRange range, long block) => BlockSums + (2 * ((range.Offset / UpdateRule.Block) + range.Tensor + block));

    /// <summary>Neighbouring weights with the same settings.</summary>
    /// <param name="Offset">The first, in elements.</param>
    /// <param name="Count">How many.</param>
    /// <param name="Tensor">The number of the first tensor.</param>
    /// <param name="Scale">The learning rate, as a multiple of the optimizer's.</param>
    /// <param name="Decay">The weight decay.</param>
    internal readonly record struct Segment(long Offset, long Count, int Tensor, double Scale, double Decay)
    {
        public static Segment[] Of(ModelState state, Optimizer optimizer)
        {
            var trained = state.Layout.Parameters.Where(p => p.HasGradient).ToArray();
            foreach (var group in optimizer.Groups.Where(g => g.Pattern is not null))
                if (!trained.Any(p => group.Contains(state.Parameters[p.Name]))) throw new InvalidOperationException(
                    $"The optimizer's group '{group.Pattern}' contains no trained parameter of {state.ModelName}. {NearNames.Suggest(group.Pattern!, [.. trained.Select(p => p.Name)], "trained parameters")}");
            var segments = new List<Segment>();
            for (int i = 0; i < trained.Length; i++)
            {
                var group = optimizer.Groups.FirstOrDefault(g => g.Contains(state.Parameters[trained[i].Name]));
                var next = new Segment(trained[i].Offset, trained[i].Length, i, group?.LearningRateScale ?? 1, group?.WeightDecay ?? optimizer.WeightDecay);
                // What lies between two tensors is padding, which stays 0.
                if (!optimizer.IsPerTensor && segments is [.., var last] && (last.Scale, last.Decay) == (next.Scale, next.Decay))
                    segments[^1] = last with { Count = next.Offset + next.Count - last.Offset };
                else
                    segments.Add(next);
            }
            return [.. segments];
        }
    }
}
