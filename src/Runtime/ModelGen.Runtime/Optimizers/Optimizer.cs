using System.ComponentModel;
using System.Runtime.CompilerServices;
using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Changes a model's weights by their gradients, inside the training step. One optimizer may serve several models; it keeps what it
/// remembers for each apart, and allocates it at the first step.
/// </summary>
/// <remarks>
/// Steps are counted for a model, where PyTorch counts them for each parameter. Where a model has several objectives with parameters of their own (a generator and a discriminator), give each
/// objective its own optimizer: with a common one, bias corrections count the steps of all of them, and are too weak for weights that had fewer updates.
/// </remarks>
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

    /// <summary>
    /// The factor of the loss in a training step; null for none. Gradients are divided by it before anything else sees them: limits, groups and the rule itself are about true
    /// gradients. <see cref="Trainer.Fit"/> scales also the batches of an update that accumulates several. ComputeGradients and AccumulateGradients, when they are called by hand, know no optimizer and
    /// scale nothing: they give true gradients, of which those below the smallest number of the format are 0.
    /// </summary>
    public LossScaling? LossScaling { get; init; }

    /// <summary>The norm of the gradients before the last step was clipped; NaN unless <see cref="MaxGradientNorm"/> is set and a step was made.</summary>
    public double GradientNorm { get; internal set; } = double.NaN;

    /// <summary>How many updates it has made, of all models together.</summary>
    public long StepCount => Volatile.Read(ref stepCount);

    /// <summary>
    /// One update of the weights whose gradients were computed (or added up, or written) since the last one: the second half of a training step that was begun
    /// with AccumulateGradients. A step that computes and updates at once is quicker (TrainStep). A TrainStep or ComputeGradients in between begins anew and discards what
    /// waits, also when it fails.
    /// </summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <exception cref="InvalidOperationException">No gradients wait for an update, a group of the optimizer names no parameter of the model, or another call is running.</exception>
    /// <exception cref="NonFiniteGradientException">The norm of the gradients is to be limited, but is not finite. The weights were not changed.</exception>
    public void Step(ParameterSet parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        parameters.State.Step(this);
    }

    /// <summary>
    /// Writes what it remembers of a model to a safetensors file, atomically: momentum and moments by parameter, the number of steps, the learning rate, and the
    /// place of the model's random numbers. With the weights (<c>model.Save</c>) that is all it takes to go on as if nothing had happened. The learning rate is the one that a schedule of
    /// <see cref="Trainer.Fit"/> is relative to while that runs; <see cref="FitOptions.FirstEpoch"/> says how to go on there.
    /// </summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="parameters">The model's parameters.</param>
    /// <exception cref="InvalidOperationException">A training call is running.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path, ParameterSet parameters)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(parameters);
        var state = parameters.State;
        state.Gate.EnterRead("saving an optimizer");
        try
        {
            var slots = Begin(state);
            if (state.Precision == Precision.Float64) OptimizerFile.Write<double>(path, this, state, slots);
            else OptimizerFile.Write<float>(path, this, state, slots);
        }
        finally
        {
            state.Gate.ExitRead();
        }
    }

    /// <summary>
    /// Reads what <see cref="Save"/> has written; the model's weights are loaded apart, before (<c>model.Load</c>). The optimizer must have been made with the same
    /// settings; its learning rate is that of the file afterwards. A training that goes on gives the same bits as one that was never interrupted.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="parameters">The model's parameters.</param>
    /// <exception cref="SafetensorsException">The file is damaged, or belongs to another optimizer or model. Nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Load(string path, ParameterSet parameters)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(parameters);
        var state = parameters.State;
        state.Gate.EnterWrite("loading an optimizer");
        try
        {
            var slots = Begin(state);
            var course = state.Precision == Precision.Float64 ? OptimizerFile.Read<double>(path, this, state, slots) : OptimizerFile.Read<float>(path, this, state, slots);
            Return(slots, course.Steps, course.MomentumProduct, course.LearningRate, GradientNorm);
            (state.StepCount, state.Seed) = (course.ModelSteps, course.ModelSeed);
        }
        finally
        {
            state.Gate.ExitWrite();
        }
    }

    /// <summary>Goes to a place in the course of a training.</summary>
    internal void Return(OptimizerSlots slots, long steps, double momentumProduct, double rate, double gradientNorm)
    {
        (LearningRate, GradientNorm) = (rate, gradientNorm);
        Interlocked.Add(ref stepCount, steps - slots.StepCount);
        (slots.StepCount, slots.MomentumProduct) = (steps, momentumProduct);
    }

    /// <summary>The learning rate that a running schedule is relative to; null without one.</summary>
    internal double? BaseLearningRate { get; set; }

    /// <summary>How many numbers it remembers for each weight.</summary>
    internal int SlotCount => slotCount;

    /// <summary>How many of the slots hold something that the next step needs; the last ones may be scratch.</summary>
    internal virtual int SavedSlotCount => slotCount;

    /// <summary>The matrix that it treats a tensor as; null for one whose elements it treats apart. Asked once for each model, before its first step.</summary>
    internal virtual MatrixForm? FormOf(ParameterLayout tensor, Parameter parameter) => null;

    /// <summary>Arrays of other sizes that it keeps for a tensor, in one piece: the means of rows and columns.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="form">See <see cref="FormOf"/>.</param>
    internal virtual IReadOnlyList<(string Name, long Length)> Extras(ParameterLayout tensor, MatrixForm? form) => [];

    /// <summary>Whether <see cref="Extras"/> hold something that the next step needs.</summary>
    internal virtual bool SavesExtras => true;

    /// <summary>What a slot is called in files; PyTorch's name where it has one.</summary>
    internal virtual string SlotName(int slot) => "slot" + slot.ToString(System.Globalization.CultureInfo.InvariantCulture);

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
    internal bool RunsInsideTheStep => IsElementwise && MaxGradientNorm is null && MaxGradientValue is null && LossScaling is null;

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
