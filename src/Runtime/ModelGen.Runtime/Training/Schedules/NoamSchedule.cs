namespace ModelGen;

/// <summary>
/// Rises evenly, and falls with the inverse root of the step (Vaswani et al., "Attention Is All You Need", 2017, section 5.3). The base rate is the highest one,
/// which the paper writes as width^-½ · warmup^-½.
/// </summary>
public sealed class NoamSchedule : LearningRateSchedule
{
    readonly int warmup;

    /// <param name="warmup">Steps until the whole rate, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public NoamSchedule(int warmup)
    {
        this.warmup = AtLeastOne(warmup, nameof(warmup));
    }

    /// <summary>The base rate of the paper for a model of some width: (width · warmup)^-½.</summary>
    /// <param name="width">The width of the model, at least 1.</param>
    /// <param name="warmup">Steps until the whole rate, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public static double BaseRate(int width, int warmup) => 1 / Math.Sqrt((double)AtLeastOne(width, nameof(width)) * AtLeastOne(warmup, nameof(warmup)));

    /// <inheritdoc/>
    public override double Factor(long step) => Math.Min((step + 1) / (double)warmup, Math.Sqrt(warmup / (double)(step + 1)));
}
