using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>
/// What a training step does with its gradients: the optimizer's rule, applied inside the step, to each block of a large gradient while that is in
/// the first-level cache. Without an optimizer (ComputeGradients) gradients are stored and nothing else happens. Both overwrite the gradients that waited for
/// an update, so those are discarded, also when the call fails; gradients that are added up (AccumulateGradients) have memory of their own until they are complete.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct WeightUpdate<T> where T : unmanaged
{
    readonly Optimizer? optimizer;
    readonly OptimizerSlots? slots;
    readonly ModelState state;
    readonly double learningRate;
    readonly double? weight;
    readonly T* values, gradients;

    // Whether there were gradients before, which those stay that the call does not compute.
    readonly bool keptOthers;

    /// <param name="optimizer">The rule; null to compute gradients only.</param>
    /// <param name="weight">The weight of gradients that are to be added to those that wait; else null.</param>
    /// <param name="state">The model, of which the caller holds exclusive use.</param>
    /// <param name="values">Its weights.</param>
    /// <param name="gradients">Where the gradients go.</param>
    /// <exception cref="InvalidOperationException">A group of the optimizer names no parameter of the model, or losses are scaled and the model stores nothing in 16 bits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not a finite number.</exception>
    public WeightUpdate(Optimizer? optimizer, double? weight, ModelState state, T* values, T* gradients)
    {
        if (weight is { } given && !double.IsFinite(given)) throw new ArgumentOutOfRangeException(nameof(weight), given, "'weight' must be a finite number.");
        // Gradients that are added up belong to an update that the trainer will make.
        if ((weight is null ? optimizer?.LossScaling : state.AccumulatedScaling) is { } scaling)
        {
            if (state.Layout.Storage == StorageFormat.Precision) throw new InvalidOperationException(
                $"The optimizer scales the loss, but {state.ModelName} rounds nothing to 16 bits, so no gradient vanishes: leave LossScaling out, or use [Model(Storage = StorageFormat.Float16)].");
            LossScale = scaling.Scale;
        }
        this.optimizer = optimizer;
        this.weight = weight;
        this.state = state;
        this.values = values;
        this.gradients = gradients;
        IsFused = optimizer is { RunsInsideTheStep: true };
        if (IsFused) slots = optimizer!.Begin(state);
        learningRate = optimizer?.LearningRate ?? 0;
        if (weight is not null) return;
        // The gradients that are there are about to be overwritten. Should the call fail on its way, what it leaves belongs to no call.
        keptOthers = state.GradientsAreKept;
        state.GradientsAreKept = false;
        state.Pending.Clear();
    }

    /// <summary>What the step multiplies its loss by.</summary>
    public double LossScale { get; } = 1;

    /// <summary>Whether the step itself updates the weights, and keeps no gradients.</summary>
    public bool IsFused { get; }

    /// <summary>The update of some weights whose gradients are stored. Every thread of the team calls it and does its share.</summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="offset">The first weight, in elements.</param>
    /// <param name="count">How many.</param>
    public void Run(Team team, long offset, long count)
    {
        if (IsFused) optimizer!.UpdateSegments(team, slots!, learningRate, offset, count, phase: 0, values, gradients);
    }

    /// <summary>The update of a block of a matrix of weights, from a block of its gradient that lies elsewhere.</summary>
    /// <param name="place">Where the gradient of the block's first weight would be stored: it says which weights are meant.</param>
    /// <param name="stride">From the first weight of a row to that of the next.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Weights of a row in the block.</param>
    /// <param name="block">The gradient.</param>
    /// <param name="blockStride">From the first gradient of a row to that of the next.</param>
    internal void RunBlock(T* place, nint stride, nint rows, nint columns, T* block, nint blockStride)
    {
        nint offset = (nint)(place - gradients);
        if (columns == stride && columns == blockStride) (rows, columns) = (1, rows * columns);
        // A tensor lies in one segment.
        var tensor = slots!.RangeOf(slots.SegmentAt(offset), learningRate);
        for (; rows > 0; rows--, offset += stride, block += blockStride)
            optimizer!.Update(Team.Single, tensor.Part(offset - tensor.Offset, columns), values, block - offset);
    }

    /// <summary>
    /// Ends the call, whose loss was found to be finite. Gradients that were only computed wait for an update; a rule that needs all of them at once runs now.
    /// </summary>
    /// <param name="ranges">First element and count of each range of weights that the call trains, in pairs.</param>
    /// <returns>Whether it is a training step, which changes state and counts; false when gradients were only computed, or were of no use.</returns>
    /// <exception cref="NonFiniteGradientException">The norm of the gradients is to be limited, but is not finite, or loss scaling cannot help. The weights were not changed.</exception>
    public bool Complete(ReadOnlySpan<long> ranges)
    {
        if (weight is { } share) state.Accumulate(share / LossScale, ranges);
        else if (IsFused) optimizer!.End(slots!);
        else
        {
            state.KeepGradients(ranges, keptOthers);
            if (optimizer is not null) return OptimizerStep.Run(optimizer, state, values, gradients, optimizer.LossScaling, isScaled: true, ranges);
            state.Pending.Add(ranges);
        }
        return optimizer is not null || weight is not null;
    }
}
