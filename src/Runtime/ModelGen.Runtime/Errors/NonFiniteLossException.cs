using System.Globalization;

namespace ModelGen;

/// <summary>
/// The loss was NaN or infinite. The step was not made: weights, state and optimizer are as they were. Gradients that waited for an update still do after a call that was to add to them
/// (AccumulateGradients) and are discarded after one that was to replace them (a training step, ComputeGradients).
/// </summary>
public sealed class NonFiniteLossException : ArithmeticException
{
    /// <param name="loss">The loss.</param>
    /// <param name="member">The called member, for example <c>TrainStep</c>.</param>
    /// <param name="step">The number of the step, from 0.</param>
    public NonFiniteLossException(double loss, string member, long step) : base(string.Create(CultureInfo.InvariantCulture,
        $"The loss of '{member}' is {loss} in step {step}. The model was not changed. Usual causes: NaN or infinity in the inputs, a learning rate that is too high, the logarithm or root of a value at or below 0.")) =>
        (Loss, Step) = (loss, step);

    /// <param name="loss">The loss.</param>
    /// <param name="member">The called member, for example <c>ComputePerExampleGradients</c>.</param>
    /// <param name="step">The number of the step, from 0.</param>
    /// <param name="example">Whose loss it is, from 0.</param>
    internal NonFiniteLossException(double loss, string member, long step, int example) : base(string.Create(CultureInfo.InvariantCulture,
        $"The loss of example {example} of '{member}' is {loss} in step {step}. The model was not changed. Usual causes: NaN or infinity in the inputs, a learning rate that is too high, the logarithm or root of a value at or below 0.")) =>
        (Loss, Step) = (loss, step);

    /// <summary>The loss: NaN or an infinity.</summary>
    public double Loss { get; }

    /// <summary>The number of the step, from 0.</summary>
    public long Step { get; }
}
