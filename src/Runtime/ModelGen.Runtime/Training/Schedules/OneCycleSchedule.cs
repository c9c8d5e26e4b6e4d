namespace ModelGen;

/// <summary>
/// Rises along half a cosine to the whole rate and falls to almost nothing (Smith and Topin, "Super-Convergence", 2018; torch.optim.lr_scheduler.OneCycleLR with its
/// cosine; the base rate is its max_lr).
/// </summary>
public sealed class OneCycleSchedule : LearningRateSchedule
{
    readonly int last;
    readonly double peak, start, final;

    /// <param name="steps">Steps of the cycle, at least 2.</param>
    /// <param name="rise">The part of the steps in which the rate rises, in (0, 1).</param>
    /// <param name="start">The factor of the first step, at least 0. Not used where the rise takes no more than one step.</param>
    /// <param name="final">The factor of the last step, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public OneCycleSchedule(int steps, double rise = 0.3, double start = 1 / 25.0, double final = 1 / 250_000.0)
    {
        if (steps < 2) throw new ArgumentOutOfRangeException(nameof(steps), steps, "'steps' must be at least 2.");
        if (rise is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(rise), rise, "'rise' must lie between 0 and 1.");
        (last, peak, this.start, this.final) = (steps - 1, (rise * steps) - 1, Factor(start, nameof(start)), Factor(final, nameof(final)));
    }

    /// <inheritdoc/>
    public override double Factor(long step)
    {
        // A rise of one step or less has no step below the whole rate: the cycle begins at its peak, or just behind.
        if (peak > 0 && step <= peak) return 1 + ((start - 1) * HalfCosine(step / peak));
        return final + ((1 - final) * HalfCosine(Math.Min(1, (step - peak) / (last - peak))));
    }
}
