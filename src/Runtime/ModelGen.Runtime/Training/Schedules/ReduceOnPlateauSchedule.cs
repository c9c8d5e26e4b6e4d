namespace ModelGen;

/// <summary>
/// Reduces the rate when the loss has stopped falling (torch.optim.lr_scheduler.ReduceLROnPlateau, mode "min", relative threshold). It follows
/// <see cref="Observe"/>, not the number of the step, and serves one training.
/// </summary>
/// <remarks>
/// No file keeps what it has seen. To go on with a training (<see cref="FitOptions.FirstEpoch"/>), make a new one with the same settings and let it observe the losses of the epochs before, in order:
/// the validation losses, or the training losses where there is no validation.
/// </remarks>
public sealed class ReduceOnPlateauSchedule : LearningRateSchedule
{
    readonly double reduction, threshold, minimum;
    readonly int patience, cooldown;
    double factor = 1, best = double.PositiveInfinity;
    int bad, resting;

    /// <param name="factor">What each reduction multiplies the rate by, in [0, 1).</param>
    /// <param name="patience">Losses without progress that are tolerated, at least 0.</param>
    /// <param name="threshold">Progress is a loss below the best one by this part of it, at least 0.</param>
    /// <param name="cooldown">Losses after a reduction that do not count, at least 0.</param>
    /// <param name="minimum">The smallest factor, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public ReduceOnPlateauSchedule(double factor = 0.1, int patience = 10, double threshold = 1e-4, int cooldown = 0, double minimum = 0)
    {
        if (factor is not (>= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(factor), factor, "'factor' must lie in [0, 1).");
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        ArgumentOutOfRangeException.ThrowIfNegative(cooldown);
        (reduction, this.patience, this.cooldown) = (factor, patience, cooldown);
        (this.threshold, this.minimum) = (Factor(threshold, nameof(threshold)), Factor(minimum, nameof(minimum)));
    }

    /// <inheritdoc/>
    public override double Factor(long step) => factor;

    /// <inheritdoc/>
    public override void Observe(double loss)
    {
        if (loss < best * (1 - threshold))
        {
            (best, bad) = (loss, 0);
        }
        else
        {
            bad++;
        }
        if (resting > 0)
        {
            resting--;
            bad = 0;
        }
        if (bad <= patience) return;
        factor = Math.Max(factor * reduction, Math.Min(factor, minimum));
        (resting, bad) = (cooldown, 0);
    }
}
