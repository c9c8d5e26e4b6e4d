using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>What one optimizer remembers of one model: momentum and moments, one array per slot over the trained part of the arena.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class OptimizerSlots
{
    // The slots, then the partial sums, then what tensors have besides.
    readonly NativeArray[] memory;
    readonly MatrixForm?[] forms;
    readonly long[] extras;
    readonly int elementSize;

    internal OptimizerSlots(ModelState state, Optimizer optimizer, int count)
    {
        Segments = Segment.Of(state, optimizer);
        ParameterLayout[] trained = [.. state.Layout.Parameters.Where(p => p.HasGradient)];
        forms = new MatrixForm?[trained.Length];
        for (int i = 0; i < trained.Length; i++) forms[i] = optimizer.FormOf(trained[i], state.Parameters[trained[i].Name]);
        bool isDouble = state.Precision == Precision.Float64;
        long elements = state.Layout.TrainableElements;
        memory = new NativeArray[count + 2];
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
        (extras, elementSize) = (new long[trained.Length], isDouble ? sizeof(double) : sizeof(float));
        long extra = 0;
        for (int i = 0; i < trained.Length; i++)
        {
            extras[i] = extra;
            // At multiples of 64 bytes, as everything else.
            long length = 0;
            foreach (var array in optimizer.Extras(trained[i], forms[i])) length += array.Length;
            extra += (length + ModelLayout.Alignment - 1) / ModelLayout.Alignment * ModelLayout.Alignment;
        }
        memory[count + 1] = new NativeArray(checked(extra * elementSize));
    }

    /// <summary>How many updates were completed.</summary>
    public long StepCount { get; internal set; }

    /// <summary>All that it holds.</summary>
    internal IReadOnlyList<NativeArray> Memory => memory;

    /// <summary>The first element of a slot; it lies as the arena does. Null when there are not so many slots.</summary>
    public void* Slot(int index) => index < memory.Length - 2 ? memory[index].Pointer : null;

    /// <summary>The matrix that a range's tensor is treated as; see <see cref="Optimizer.FormOf"/>.</summary>
    internal MatrixForm? FormOf(in UpdateRange range) => FormOf(range.Tensor);

    /// <inheritdoc cref="FormOf(in UpdateRange)"/>
    internal MatrixForm? FormOf(int tensor) => forms[tensor];

    /// <summary>The arrays that its tensor has besides, one after the other; see <see cref="Optimizer.Extras"/>.</summary>
    internal void* Extra(in UpdateRange range) => Extra(range.Tensor);

    /// <inheritdoc cref="Extra(in UpdateRange)"/>
    internal void* Extra(int tensor) => (byte*)memory[^1].Pointer + (extras[tensor] * elementSize);

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
    internal double* BlockSums => (double*)memory[^2].Pointer;

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
