namespace ModelGen;

/// <summary>Any function of the step (torch.optim.lr_scheduler.LambdaLR).</summary>
/// <param name="factor">The factor of a step, from 0; at least 0.</param>
public sealed class LambdaSchedule(Func<long, double> factor) : LearningRateSchedule
{
    readonly Func<long, double> factor = factor ?? throw new ArgumentNullException(nameof(factor));

    /// <inheritdoc/>
    public override double Factor(long step) => factor(step);
}
