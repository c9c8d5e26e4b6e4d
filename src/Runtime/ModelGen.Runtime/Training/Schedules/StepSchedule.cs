namespace ModelGen;

/// <summary>
/// Multiplies the rate by a factor every so many steps (torch.optim.lr_scheduler.StepLR).
/// </summary>
public sealed class StepSchedule : LearningRateSchedule
{
    readonly int every;
    readonly double factor;

    /// <param name="every">Steps between two changes, at least 1.</param>
    /// <param name="factor">What each change multiplies the rate by, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public StepSchedule(int every, double factor = 0.1)
    {
        (this.every, this.factor) = (AtLeastOne(every, nameof(every)), Factor(factor, nameof(factor)));
    }

    /// <inheritdoc/>
    public override double Factor(long step) => Math.Pow(factor, step / every);
}
