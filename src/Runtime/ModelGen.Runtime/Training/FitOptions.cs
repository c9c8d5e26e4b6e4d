namespace ModelGen;

/// <summary>How <see cref="Trainer.Fit"/> trains.</summary>
public sealed record FitOptions
{
    /// <summary>How many times every example is seen.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>
    /// The number of the first epoch, from 1: epochs, the order of the examples and the steps of <see cref="Schedule"/> count from there. To go on with a training, load model and optimizer as
    /// they were saved after an epoch, in <see cref="OnEpoch"/> for example, and give the number of the next epoch here, how many are left in <see cref="Epochs"/>, and the same data and other
    /// options. The weights are then those of a training that was never interrupted, bit for bit.
    /// </summary>
    public int FirstEpoch { get; init; } = 1;

    /// <summary>Examples in one step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>
    /// Batches in one update: their gradients are added up, each weighted by its share of the examples, and the weights change once. A mean loss then has the gradient of one batch of
    /// all these examples, up to rounding, in the memory of one. What looks at a whole batch, such as batch norm, sees each batch by itself. The last update of an epoch may have fewer batches.
    /// </summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Changes the weights. Null: <see cref="Adam"/> with its defaults.</summary>
    public Optimizer? Optimizer { get; init; }

    /// <summary>
    /// Changes the learning rate, relative to the optimizer's at the beginning, which it has again at the end, and which <see cref="ModelGen.Optimizer.Save"/> writes meanwhile. Null: it stays as
    /// it is.
    /// </summary>
    public LearningRateSchedule? Schedule { get; init; }

    /// <summary>What <see cref="Schedule"/> counts. Default: steps.</summary>
    public ScheduleUnit ScheduleUnit { get; init; }

    /// <summary>Decides the order of the examples in every epoch.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether the examples come in a new random order each epoch; else in the order of the dataset.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Whether a last batch with fewer examples is left out.</summary>
    public bool DropLast { get; init; }

    /// <summary>Examples to evaluate after each epoch; their first batch also before the first step, so that data which does not fit the model costs no epoch.</summary>
    public Dataset? Validation { get; init; }

    /// <summary>Called after each step, on the training thread.</summary>
    public Action<StepProgress>? OnStep { get; init; }

    /// <summary>Called after each epoch, on the training thread.</summary>
    public Action<EpochResult>? OnEpoch { get; init; }

    /// <summary>Ends the training between two steps, with an <see cref="OperationCanceledException"/>; the model keeps what it has learnt.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>What a learning-rate schedule counts.</summary>
public enum ScheduleUnit
{
    /// <summary>Training steps: updates.</summary>
    Step,

    /// <summary>Epochs.</summary>
    Epoch,
}

/// <summary>Where the training stands after a step.</summary>
/// <param name="Epoch">From <see cref="FitOptions.FirstEpoch"/>.</param>
/// <param name="Step">The update in this epoch, from 1.</param>
/// <param name="Steps">Updates in each epoch.</param>
/// <param name="Loss">The mean loss of the update's examples.</param>
public readonly record struct StepProgress(int Epoch, int Step, int Steps, float Loss);

/// <summary>What one epoch gave.</summary>
/// <param name="Epoch">From <see cref="FitOptions.FirstEpoch"/>.</param>
/// <param name="Loss">The mean training loss over the epoch's examples, each at the time of its step.</param>
/// <param name="ValidationLoss">The mean loss of the validation data after the epoch; null without any.</param>
/// <param name="Duration">Of the training, without validation.</param>
public sealed record EpochResult(int Epoch, double Loss, double? ValidationLoss, TimeSpan Duration);
