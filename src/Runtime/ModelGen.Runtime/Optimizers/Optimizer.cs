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
    /// <param name="slotCount">How many numbers it remembers for each weight.</param>
    protected Optimizer(double learningRate, int slotCount)
    {
        LearningRate = learningRate;
        this.slotCount = slotCount;
    }

    /// <summary>The step size. May be changed at any time; a step in progress keeps its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, infinite or NaN.</exception>
    public double LearningRate
    {
        get => Volatile.Read(ref learningRate);
        set => Volatile.Write(ref learningRate, NonNegative(value, nameof(LearningRate)));
    }

    /// <summary>How many updates it has made, of all models together.</summary>
    public long StepCount => Volatile.Read(ref stepCount);

    /// <summary>Before the threads start: what the update will need. Changes nothing that counts.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public OptimizerSlots Begin(ModelState state)
    {
        if (!perModel.TryGetValue(state, out var slots)) slots = perModel.GetValue(state, s => new OptimizerSlots(s, slotCount));
        slots.LearningRate = LearningRate;
        Prepare(slots);
        return slots;
    }

    /// <summary>Computes what is the same for all weights of a step.</summary>
    private protected virtual void Prepare(OptimizerSlots slots) { }

    /// <summary>
    /// The update of the weights [<paramref name="offset"/>, <paramref name="offset"/> + <paramref name="count"/>) of the arena. Every thread of the team calls it and
    /// does its share; there is no barrier inside.
    /// </summary>
    /// <param name="team">The calling thread's place.</param>
    /// <param name="slots">What <see cref="Begin"/> gave.</param>
    /// <param name="offset">The first weight, in elements.</param>
    /// <param name="count">How many.</param>
    /// <param name="values">The start of the arena.</param>
    /// <param name="gradients">The start of the gradients.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public abstract void Update(Team team, OptimizerSlots slots, long offset, long count, float* values, float* gradients);

    /// <inheritdoc cref="Update(Team, OptimizerSlots, long, long, float*, float*)"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public abstract void Update(Team team, OptimizerSlots slots, long offset, long count, double* values, double* gradients);

    /// <summary>
    /// Whether a weight's update depends on its own gradient alone, so that it can be made while other gradients are still being computed.
    /// </summary>
    internal virtual bool IsElementwise => true;

    /// <summary>After the threads have ended and the update was made: counts the step.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void End(OptimizerSlots slots)
    {
        slots.StepCount++;
        Interlocked.Increment(ref stepCount);
    }

    /// <summary>Checks a setting.</summary>
    protected static double NonNegative(double value, string name) => double.IsFinite(value) && value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must be a finite number of at least 0.");

    /// <summary>Checks a decay rate.</summary>
    protected static double Fraction(double value, string name) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must lie in [0, 1).");
}
