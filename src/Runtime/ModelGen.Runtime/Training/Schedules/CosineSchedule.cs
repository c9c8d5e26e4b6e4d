namespace ModelGen;

/// <summary>
/// Falls along half a cosine, and stays there (Loshchilov and Hutter, "SGDR", 2017, without restarts; torch.optim.lr_scheduler.CosineAnnealingLR, which
/// rises again after its last step).
/// </summary>
public sealed class CosineSchedule : LearningRateSchedule
{
    readonly int steps;
    readonly double final;

    /// <param name="steps">Steps until the end, at least 1.</param>
    /// <param name="final">The factor at the end, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public CosineSchedule(int steps, double final = 0)
    {
        (this.steps, this.final) = (AtLeastOne(steps, nameof(steps)), Factor(final, nameof(final)));
    }

    /// <inheritdoc/>
    public override double Factor(long step) => final + ((1 - final) * HalfCosine(Math.Min(1, step / (double)steps)));
}
