using System.ComponentModel;
using System.Runtime.CompilerServices;
using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Changes a model's weights by their gradients, inside the training step. One optimizer may serve several models; it keeps what it
/// remembers for each apart, and allocates it at the first step.
/// </summary>
public abstract unsafe class Optimizer
{
    readonly ConditionalWeakTable<ModelState, OptimizerSlots> perModel = [];
    readonly int slotCount;
    double learningRate;
    long stepCount;

    /// <param name="learningRate">The step size, at least 0.</param>
    /// <param name="slotCount">How many numbers it remembers for each weight, at most 3.</param>
    /// <param name="weightDecay">The weight decay of parameters whose group has none, at least 0.</param>
    protected Optimizer(double learningRate, int slotCount, double weightDecay = 0)
    {
        LearningRate = learningRate;
        WeightDecay = NonNegative(weightDecay, nameof(weightDecay));
        this.slotCount = slotCount;
    }

    /// <summary>The step size. May be changed at any time; a step in progress keeps its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, infinite or NaN.</exception>
    public double LearningRate
    {
        get => Volatile.Read(ref learningRate);
        set => Volatile.Write(ref learningRate, NonNegative(value, nameof(LearningRate)));
    }

    /// <summary>The weight decay, where no group says otherwise: an L2 penalty in the gradient, or decoupled, as the optimizer defines it.</summary>
    public double WeightDecay { get; }

    /// <summary>Other settings for some parameters; the first group that contains a parameter counts.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; init; } = [];

    /// <summary>
    /// Clips each element of the gradient to ±this before the update, as <c>torch.nn.utils.clip_grad_value_</c> does; null for no limit. Happens
    /// before <see cref="MaxGradientNorm"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0.</exception>
    public double? MaxGradientValue { get; init => field = Limit(value, nameof(MaxGradientValue)); }

    /// <summary>
    /// Scales the gradients of a step, of all parameters together, down to this Euclidean norm when theirs is larger, as
    /// <c>torch.nn.utils.clip_grad_norm_</c> does; null for no limit. A norm that is not finite is a <see cref="NonFiniteGradientException"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0.</exception>
    public double? MaxGradientNorm { get; init => field = Limit(value, nameof(MaxGradientNorm)); }

    /// <summary>The norm of the gradients before the last step was clipped; NaN unless <see cref="MaxGradientNorm"/> is set and a step was made.</summary>
    public double GradientNorm { get; internal set; } = double.NaN;

    /// <summary>How many updates it has made, of all models together.</summary>
    public long StepCount => Volatile.Read(ref stepCount);

    /// <summary>Before the threads start: what the update will need. Changes nothing that counts.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public OptimizerSlots Begin(ModelState state)
    {
        if (!perModel.TryGetValue(state, out var slots)) slots = perModel.GetValue(state, s => new OptimizerSlots(s, this, slotCount));
        Prepare(slots);
        return slots;
    }

    /// <summary>Computes what is the same for all weights of a step.</summary>
    private protected virtual void Prepare(OptimizerSlots slots)
    {
    }

    /// <summary>
    /// Whether the update of a weight depends on its own gradient alone, and is quick to begin: then it can be made block by block, while other
    /// gradients are still being computed.
    /// </summary>
    private protected virtual bool IsElementwise => false;

    /// <summary>Whether a training step updates the weights itself, and keeps no gradients: not when all gradients must be known first.</summary>
    internal bool RunsInsideTheStep => IsElementwise && MaxGradientNorm is null && MaxGradientValue is null;

    /// <summary>How often all threads meet and <see cref="Update(Team, in UpdateRange, float*, float*)"/> is called again; 1 for most.</summary>
    internal virtual int PhaseCount => 1;

    /// <summary>True when a range is always one whole tensor.</summary>
    internal virtual bool IsPerTensor => false;

    /// <summary>What a slot holds before the first step.</summary>
    internal virtual double SlotStart(int slot) => 0;

    /// <summary>After a step, before it is counted.</summary>
    private protected virtual void Complete(OptimizerSlots slots)
    {
    }

    /// <summary>The update of a range of weights. Every thread of the team calls it and does its share; there is no barrier inside.</summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="range">Which weights, and their settings.</param>
    /// <param name="values">The start of the arena.</param>
    /// <param name="gradients">The start of the gradients.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public abstract void Update(Team team, in UpdateRange range, float* values, float* gradients);

    /// <inheritdoc cref="Update(Team, in UpdateRange, float*, float*)"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public abstract void Update(Team team, in UpdateRange range, double* values, double* gradients);

    /// <summary>The update of some weights, each part with the settings of its segment. Every thread of the team calls it and does its share.</summary>
    internal void UpdateSegments<T>(Team team, OptimizerSlots slots, double rate, long offset, long count, int phase, T* values, T* gradients) where T : unmanaged
    {
        foreach (ref readonly var segment in slots.Segments.AsSpan())
        {
            long first = Math.Max(segment.Offset, offset), end = Math.Min(segment.Offset + segment.Count, offset + count);
            if (first < end) Update(team, slots.RangeOf(segment, rate, phase).Part(first - segment.Offset, end - first), values, gradients);
        }
    }

    internal void Update<T>(Team team, in UpdateRange range, T* values, T* gradients) where T : unmanaged
    {
        if (typeof(T) == typeof(float)) Update(team, range, (float*)values, (float*)gradients);
        else Update(team, range, (double*)values, (double*)gradients);
    }

    /// <summary>After the threads have ended and the update was made: counts the step.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void End(OptimizerSlots slots)
    {
        Complete(slots);
        slots.StepCount++;
        Interlocked.Increment(ref stepCount);
    }

    /// <summary>Checks a setting.</summary>
    protected internal static double NonNegative(double value, string name) => double.IsFinite(value) && value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must be a finite number of at least 0.");

    /// <summary>Checks a decay rate.</summary>
    protected static double Fraction(double value, string name) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must lie in [0, 1).");

    static double? Limit(double? value, string name) => value is null or > 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must be above 0, or null for no limit.");
}
