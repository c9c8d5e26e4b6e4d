namespace ModelGen;

/// <summary>
/// Multiplies the rate by a factor at each of some steps (torch.optim.lr_scheduler.MultiStepLR).
/// </summary>
public sealed class MultiStepSchedule : LearningRateSchedule
{
    readonly int[] milestones;
    readonly double factor;

    /// <param name="factor">What each change multiplies the rate by, at least 0.</param>
    /// <param name="milestones">The steps, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public MultiStepSchedule(double factor, params int[] milestones)
    {
        ArgumentNullException.ThrowIfNull(milestones);
        (this.factor, this.milestones) = (Factor(factor, nameof(factor)), [.. milestones]);
    }

    /// <inheritdoc/>
    public override double Factor(long step) => Math.Pow(factor, milestones.Count(m => m <= step));
}
