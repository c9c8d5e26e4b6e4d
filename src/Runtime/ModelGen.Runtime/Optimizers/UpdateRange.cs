using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>Some neighbouring weights of the arena that an optimizer updates with the same settings.</summary>
/// <param name="slots">What the optimizer remembers of the model.</param>
/// <param name="offset">The first weight, in elements from the arena's start.</param>
/// <param name="count">How many.</param>
/// <param name="learningRate">The step size: one value for all threads and the whole step.</param>
/// <param name="weightDecay">The weight decay.</param>
/// <param name="tensor">The number of the tensor, for optimizers that treat each on its own.</param>
/// <param name="phase">From 0, for optimizers that need several; between two phases all threads meet.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct UpdateRange(OptimizerSlots slots, long offset, long count, double learningRate, double weightDecay, int tensor = 0, int phase = 0)
{
    /// <summary>What the optimizer remembers of the model.</summary>
    public OptimizerSlots Slots { get; } = slots;

    /// <summary>The first weight, in elements from the arena's start.</summary>
    public long Offset { get; } = offset;

    /// <summary>How many.</summary>
    public long Count { get; } = count;

    /// <summary>The step size.</summary>
    public double LearningRate { get; } = learningRate;

    /// <summary>The weight decay.</summary>
    public double WeightDecay { get; } = weightDecay;

    /// <summary>The number of the tensor, for optimizers that treat each on its own.</summary>
    public int Tensor { get; } = tensor;

    /// <summary>From 0.</summary>
    public int Phase { get; } = phase;

    /// <summary>The number of this step of the model, from 1.</summary>
    public long Step => Slots.StepCount + 1;

    /// <summary>A part of it.</summary>
    internal UpdateRange Part(long first, long length) => new(Slots, Offset + first, length, LearningRate, WeightDecay, Tensor, Phase);
}
