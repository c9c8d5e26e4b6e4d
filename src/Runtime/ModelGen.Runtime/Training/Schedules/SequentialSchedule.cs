namespace ModelGen;

/// <summary>
/// One schedule after the other, each from its own step 0: a warm-up, then a cosine (torch.optim.lr_scheduler.SequentialLR). The last one goes on.
/// </summary>
public sealed class SequentialSchedule : LearningRateSchedule
{
    readonly (LearningRateSchedule Schedule, int Steps)[] parts;

    /// <param name="parts">The schedules, and for how many steps each is used; the last number is not read.</param>
    /// <exception cref="ArgumentException">There is no part.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A part has no step.</exception>
    public SequentialSchedule(params (LearningRateSchedule Schedule, int Steps)[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Length == 0) throw new ArgumentException("A sequence of schedules needs at least one.", nameof(parts));
        foreach (var (schedule, steps) in parts)
        {
            ArgumentNullException.ThrowIfNull(schedule, nameof(parts));
            AtLeastOne(steps, nameof(parts));
        }
        this.parts = [.. parts];
    }

    /// <summary>One schedule for some steps, then another.</summary>
    /// <param name="first">The schedule that begins, for example a <see cref="WarmupSchedule"/>.</param>
    /// <param name="steps">Its steps, at least 1.</param>
    /// <param name="then">The schedule that goes on.</param>
    /// <exception cref="ArgumentOutOfRangeException">The first has no step.</exception>
    public SequentialSchedule(LearningRateSchedule first, int steps, LearningRateSchedule then) : this((first, steps), (then, 1))
    {
    }

    /// <inheritdoc/>
    public override double Factor(long step)
    {
        for (int i = 0; i < parts.Length - 1; i++)
        {
            if (step < parts[i].Steps) return parts[i].Schedule.Factor(step);
            step -= parts[i].Steps;
        }
        return parts[^1].Schedule.Factor(step);
    }

    /// <inheritdoc/>
    public override void Observe(double loss)
    {
        foreach (var (schedule, _) in parts) schedule.Observe(loss);
    }
}
