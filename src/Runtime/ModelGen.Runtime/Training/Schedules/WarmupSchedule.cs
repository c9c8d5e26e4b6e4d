namespace ModelGen;

/// <summary>
/// Rises evenly from a part of the rate to the whole, and stays there (torch.optim.lr_scheduler.LinearLR).
/// </summary>
public sealed class WarmupSchedule : LearningRateSchedule
{
    readonly int steps;
    readonly double start;

    /// <param name="steps">Steps until the whole rate, at least 1.</param>
    /// <param name="start">The factor of the first step, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public WarmupSchedule(int steps, double start = 0.1)
    {
        (this.steps, this.start) = (AtLeastOne(steps, nameof(steps)), Factor(start, nameof(start)));
    }

    /// <inheritdoc/>
    public override double Factor(long step) => start + ((1 - start) * Math.Min(1, step / (double)steps));
}
