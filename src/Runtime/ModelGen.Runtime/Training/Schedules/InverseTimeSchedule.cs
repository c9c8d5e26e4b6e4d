namespace ModelGen;

/// <summary>
/// Falls with the inverse of the time: 1 / (1 + decay · step / every) (Robbins and Monro, "A Stochastic Approximation Method", 1951; Keras' InverseTimeDecay).
/// </summary>
public sealed class InverseTimeSchedule : LearningRateSchedule
{
    readonly double decay;
    readonly int every;
    readonly bool staircase;

    /// <param name="decay">How fast it falls, at least 0.</param>
    /// <param name="every">Steps that count as one unit of time, at least 1.</param>
    /// <param name="staircase">Whether only whole units count.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public InverseTimeSchedule(double decay, int every = 1, bool staircase = false)
    {
        (this.decay, this.every, this.staircase) = (Factor(decay, nameof(decay)), AtLeastOne(every, nameof(every)), staircase);
    }

    /// <inheritdoc/>
    public override double Factor(long step) => 1 / (1 + (decay * (staircase ? step / every : step / (double)every)));
}
