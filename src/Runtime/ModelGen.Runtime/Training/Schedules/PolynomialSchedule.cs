namespace ModelGen;

/// <summary>
/// Falls to 0 as a power of the time left: evenly with power 1 (torch.optim.lr_scheduler.PolynomialLR).
/// </summary>
public sealed class PolynomialSchedule : LearningRateSchedule
{
    readonly int steps;
    readonly double power;

    /// <param name="steps">Steps until 0, at least 1.</param>
    /// <param name="power">The power, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public PolynomialSchedule(int steps, double power = 1)
    {
        (this.steps, this.power) = (AtLeastOne(steps, nameof(steps)), Factor(power, nameof(power)));
    }

    /// <inheritdoc/>
    public override double Factor(long step) => Math.Pow(Math.Max(0, 1 - (step / (double)steps)), power);
}
