using System.Globalization;

namespace ModelGen;

/// <summary>
/// The norm of the gradients, which the optimizer limits, was NaN or infinite; or a gradient was, and loss scaling could not help it, or <see cref="Lbfgs"/> was to begin with it. The step was
/// not made: weights, state and optimizer are as they were. Gradients that waited before a training step are discarded.
/// </summary>
public sealed class NonFiniteGradientException : ArithmeticException
{
    /// <param name="norm">The norm.</param>
    /// <param name="model">The model's class.</param>
    /// <param name="step">The number of the optimizer's step, from 0.</param>
    public NonFiniteGradientException(double norm, string model, long step) : base(string.Create(CultureInfo.InvariantCulture,
        $"The norm of the gradients of {model} is {norm} in step {step}, and cannot be limited. The weights were not changed. Usual causes: a learning rate that is too high, the root of 0, values beyond the range of the element type.")) =>
        (Norm, Step) = (norm, step);

    /// <param name="scaling">The loss scaling.</param>
    /// <param name="model">The model's class.</param>
    /// <param name="step">The number of the optimizer's step, from 0.</param>
    internal NonFiniteGradientException(LossScaling scaling, string model, long step) : base(string.Create(CultureInfo.InvariantCulture,
        $"A gradient of {model} is not finite in step {step}, with a loss scale of {scaling.Scale}. The weights were not changed. {(scaling.IsDynamic ? "Smaller scales will not help: look for values beyond the range of the storage format, or a learning rate that is too high." : "Use a smaller scale, or LossScaling.Dynamic().")}")) =>
        (Norm, Step) = (double.NaN, step);

    /// <param name="norm">The norm.</param>
    /// <param name="model">The model's class.</param>
    /// <param name="step">The number of the step, from 0.</param>
    /// <param name="example">Whose gradient it is, from 0.</param>
    internal NonFiniteGradientException(double norm, string model, long step, int example) : base(string.Create(CultureInfo.InvariantCulture,
        $"The norm of the gradients of {model} by example {example} is {norm} in step {step}, and cannot be limited. The weights were not changed. Usual causes: the root of 0, values beyond the range of the element type.")) =>
        (Norm, Step) = (norm, step);

    /// <param name="parameter">Whose gradient it is.</param>
    /// <param name="model">The model's class.</param>
    internal NonFiniteGradientException(string parameter, string model) : base(
        $"The gradient of '{parameter}' of {model} is not finite at the first weights of 'Minimize'. The weights were not changed. Usual causes: NaN or infinity in the inputs, the root of 0, values beyond the range of the element type.") =>
        (Norm, Step) = (double.NaN, 0);

    /// <summary>The norm: NaN or an infinity.</summary>
    public double Norm { get; }

    /// <summary>The number of the optimizer's step, from 0.</summary>
    public long Step { get; }
}
