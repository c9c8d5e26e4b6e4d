namespace ModelGen;

/// <summary>
/// Rises evenly from a part of the rate to the whole and falls back, again and again (Smith, "Cyclical Learning Rates for Training Neural Networks", 2017;
/// torch.optim.lr_scheduler.CyclicLR in the modes triangular, triangular2 and exp_range; the base rate is its max_lr).
/// </summary>
public sealed class CyclicSchedule : LearningRateSchedule
{
    readonly int up, down;
    readonly double start, cycleFactor, stepFactor;

    /// <param name="start">The factor of the first step, and of every step between two cycles, in [0, 1].</param>
    /// <param name="up">Steps in which the rate rises, at least 1.</param>
    /// <param name="down">Steps in which it falls, at least 1; as many as it rises when not given.</param>
    /// <param name="cycleFactor">What each cycle multiplies the height above the start by: 0.5 for triangular2.</param>
    /// <param name="stepFactor">What each step multiplies that height by: gamma of exp_range.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public CyclicSchedule(double start, int up, int? down = null, double cycleFactor = 1, double stepFactor = 1)
    {
        if (start is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(start), start, "'start' must lie in [0, 1].");
        (this.start, this.up, this.down) = (start, AtLeastOne(up, nameof(up)), AtLeastOne(down ?? up, nameof(down)));
        (this.cycleFactor, this.stepFactor) = (Factor(cycleFactor, nameof(cycleFactor)), Factor(stepFactor, nameof(stepFactor)));
    }

    /// <inheritdoc/>
    public override double Factor(long step)
    {
        long length = (long)up + down, at = step % length;
        double height = at <= up ? at / (double)up : (length - at) / (double)down;
        return start + ((1 - start) * height * Math.Pow(cycleFactor, step / length) * Math.Pow(stepFactor, step));
    }
}
