namespace ModelGen;

/// <summary>
/// How the learning rate changes in the course of a training, as a factor of a base rate. <see cref="Trainer.Fit"/> takes one in its options; by hand it is
/// <c>optimizer.LearningRate = rate * schedule.Factor(step)</c> before each step.
/// </summary>
public abstract class LearningRateSchedule
{
    /// <summary>The factor of a step, or of an epoch for a schedule that counts epochs.</summary>
    /// <param name="step">From 0.</param>
    public abstract double Factor(long step);

    /// <summary>Tells the loss of an epoch to schedules that follow it; others ignore it.</summary>
    /// <param name="loss">The validation loss, or the training loss where there is no validation.</param>
    public virtual void Observe(double loss)
    {
    }

    private protected static int AtLeastOne(int value, string name) => value >= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must be at least 1.");

    private protected static double Factor(double value, string name) => Optimizer.NonNegative(value, name);

    /// <summary>From 1 at 0 to 0 at 1, along half a cosine.</summary>
    private protected static double HalfCosine(double share) => (1 + Math.Cos(Math.PI * share)) / 2;
}
