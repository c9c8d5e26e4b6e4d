namespace ModelGen;

/// <summary>
/// A part of the rate for some steps, then the whole (torch.optim.lr_scheduler.ConstantLR).
/// </summary>
public sealed class ConstantSchedule : LearningRateSchedule
{
    readonly int steps;
    readonly double factor;

    /// <param name="factor">The factor, at least 0.</param>
    /// <param name="steps">For how many steps, at least 1; forever when not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public ConstantSchedule(double factor, int steps = int.MaxValue)
    {
        (this.steps, this.factor) = (AtLeastOne(steps, nameof(steps)), Factor(factor, nameof(factor)));
    }

    /// <inheritdoc/>
    public override double Factor(long step) => step < steps ? factor : 1;
}
