namespace ModelGen;

/// <summary>
/// Multiplies the loss of a training step, and so all its gradients, by a number, and divides the gradients by it before the update: float16 has nothing below 6e-8,
/// where small gradients would vanish. For models with <c>[Model(Storage = ...)]</c>; set <see cref="Optimizer.LossScaling"/>. (P. Micikevicius et al., "Mixed precision training", ICLR 2018;
/// PyTorch's GradScaler.)
/// </summary>
/// <remarks>One object belongs to one training: it remembers how the last steps went.</remarks>
public sealed class LossScaling
{
    readonly int growthInterval;
    int goodSteps;

    LossScaling(double scale, int growthInterval, string name)
    {
        if (!double.IsFinite(scale) || scale <= 0) throw new ArgumentOutOfRangeException(name, scale, $"'{name}' must be a finite number above 0.");
        (Scale, this.growthInterval) = (scale, growthInterval);
    }

    /// <summary>The same factor in every step. A gradient that is not finite is a <see cref="NonFiniteGradientException"/>.</summary>
    /// <param name="scale">The factor; a power of 2 loses no bits.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not a finite number above 0.</exception>
    public static LossScaling Constant(double scale) => new(scale, 0, nameof(scale));

    /// <summary>
    /// A factor that is as large as it may be: a step with a gradient that is not finite is not made, and the factor halves; after enough good steps in a row it doubles.
    /// </summary>
    /// <param name="start">The first factor.</param>
    /// <param name="growthInterval">After how many good steps it doubles, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static LossScaling Dynamic(double start = 65536, int growthInterval = 2000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(growthInterval, 1);
        return new(start, growthInterval, nameof(start));
    }

    /// <summary>The factor of the next step.</summary>
    public double Scale { get; private set; }

    /// <summary>Whether the factor changes.</summary>
    public bool IsDynamic => growthInterval > 0;

    /// <summary>How many steps were not made because a gradient was not finite.</summary>
    public long SkippedSteps { get; private set; }

    internal int GoodSteps => goodSteps;

    /// <summary>Takes up a course that was saved.</summary>
    internal void Continue(double scale, int good, long skipped) => (Scale, goodSteps, SkippedSteps) = (scale, good, skipped);

    /// <summary>After a step whose gradients were finite.</summary>
    internal void Succeed()
    {
        if (!IsDynamic || ++goodSteps < growthInterval) return;
        goodSteps = 0;
        // Beyond this no loss is a float32.
        if (Scale < 1e38 / 2) Scale *= 2;
    }

    /// <summary>After a step whose gradients were not.</summary>
    /// <returns>False when it is of no use to try with a smaller factor.</returns>
    internal bool Fail()
    {
        goodSteps = 0;
        if (!IsDynamic || Scale <= 1) return false;
        SkippedSteps++;
        Scale /= 2;
        return true;
    }
}
