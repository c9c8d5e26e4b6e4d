namespace ModelGen;

/// <summary>
/// Multiplies the rate after each step by what a function says of it (torch.optim.lr_scheduler.MultiplicativeLR). Steps are asked in order; one that comes
/// before the last begins again.
/// </summary>
/// <param name="factor">The factor of a step, from 1; at least 0.</param>
public sealed class MultiplicativeSchedule(Func<long, double> factor) : LearningRateSchedule
{
    readonly Func<long, double> factor = factor ?? throw new ArgumentNullException(nameof(factor));
    long reached;
    double product = 1;

    /// <inheritdoc/>
    public override double Factor(long step)
    {
        if (step < reached) (reached, product) = (0, 1);
        while (reached < step) product *= factor(++reached);
        return product;
    }
}
