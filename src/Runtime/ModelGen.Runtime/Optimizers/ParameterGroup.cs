using System.IO.Enumeration;

namespace ModelGen;

/// <summary>
/// Settings of an optimizer for some of a model's parameters: <c>new AdamW(1e-3) { Groups = [ParameterGroup.NoDecay, new("head.*") { LearningRateScale = 10 }] }</c>.
/// A parameter belongs to the first group that contains it, or to none and follows the optimizer.
/// </summary>
public sealed class ParameterGroup
{
    readonly Func<Parameter, bool> contains;

    /// <param name="pattern">Names, as in PyTorch's <c>state_dict</c>; <c>*</c> stands for any text, <c>?</c> for one character: <c>blocks.*.bias</c>.</param>
    /// <exception cref="ArgumentException">The pattern is empty.</exception>
    public ParameterGroup(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        Pattern = pattern;
        contains = p => FileSystemName.MatchesSimpleExpression(pattern, p.Name, ignoreCase: false);
    }

    /// <param name="contains">Which parameters.</param>
    public ParameterGroup(Func<Parameter, bool> contains)
    {
        ArgumentNullException.ThrowIfNull(contains);
        this.contains = contains;
    }

    /// <summary>
    /// Biases and the weights of normalisations do not decay: what has fewer than two axes. The usual rule for transformers (GPT-2, and most after it).
    /// </summary>
    public static ParameterGroup NoDecay { get; } = new(p => p.Shape.Count < 2) { WeightDecay = 0 };

    /// <summary>The learning rate of the group as a multiple of the optimizer's, at least 0: schedules act on all groups. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, infinite or NaN.</exception>
    public double LearningRateScale { get; init => field = Optimizer.NonNegative(value, nameof(LearningRateScale)); } = 1;

    /// <summary>The weight decay of the group, at least 0; null for the optimizer's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, infinite or NaN.</exception>
    public double? WeightDecay { get; init => field = value is { } decay ? Optimizer.NonNegative(decay, nameof(WeightDecay)) : null; }

    internal string? Pattern { get; }

    internal bool Contains(Parameter parameter) => contains(parameter);
}
