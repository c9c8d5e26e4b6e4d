namespace ModelGen;

/// <summary>
/// Multiplies the rate by a factor after every step (torch.optim.lr_scheduler.ExponentialLR).
/// </summary>
public sealed class ExponentialSchedule : LearningRateSchedule
{
    readonly double factor;

    /// <param name="factor">What each step multiplies the rate by, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public ExponentialSchedule(double factor)
    {
        this.factor = Factor(factor, nameof(factor));
    }

    /// <inheritdoc/>
    public override double Factor(long step) => Math.Pow(factor, step);
}
