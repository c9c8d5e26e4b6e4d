namespace ModelGen;

/// <summary>
/// Falls along half a cosine and starts again, each time over a longer period (Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017;
/// torch.optim.lr_scheduler.CosineAnnealingWarmRestarts).
/// </summary>
public sealed class CosineRestartsSchedule : LearningRateSchedule
{
    readonly int period, growth;
    readonly double final;

    /// <param name="period">Steps of the first period, at least 1.</param>
    /// <param name="growth">How many times longer each period is than the last, at least 1.</param>
    /// <param name="final">The factor at the end of a period, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public CosineRestartsSchedule(int period, int growth = 1, double final = 0)
    {
        (this.period, this.growth, this.final) = (AtLeastOne(period, nameof(period)), AtLeastOne(growth, nameof(growth)), Factor(final, nameof(final)));
    }

    /// <inheritdoc/>
    public override double Factor(long step)
    {
        long length = period;
        if (growth == 1)
        {
            step %= length;
        }
        else
        {
            for (; step >= length; length *= growth) step -= length;
        }
        return final + ((1 - final) * HalfCosine(step / (double)length));
    }

}
