using System.Globalization;

namespace ModelGen;

/// <summary>
/// Compares gradients with central differences, (f(x + h) - f(x - h)) / 2h, in double precision: the test of a gradient that you wrote yourself with
/// <see cref="Tensor.WithGradient(Tensor, Func{Tensor, Tensor})"/>. It runs eagerly, so it needs no model.
/// </summary>
/// <example><c>GradientCheck.Compare(x => Cube(x), Tensor.From(0.5f, -1f, 2f)).ThrowIfAbove(1e-6);</c></example>
public static class GradientCheck
{
    /// <summary>Compares every element of the gradient of a function of one tensor.</summary>
    /// <param name="function">Any function of tensors, smooth around <paramref name="x"/>; a layer's <c>Forward</c> as well.</param>
    /// <param name="x">Where; its elements are taken in double precision.</param>
    /// <param name="step">h: small against the elements, large against 1e-16. The error of the difference itself is about h² and 1e-16 / h.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is not a positive number.</exception>
    /// <exception cref="ModelShapeException">The function does not depend on x, has no gradient there, or was given one of another shape.</exception>
    public static GradientCheckResult Compare(Func<Tensor, Tensor> function, Tensor x, double step = 1e-5)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(x);
        return Compare(inputs => function(inputs[0]), [x], step);
    }

    /// <summary>Compares every element of the gradients of a function of several tensors.</summary>
    /// <param name="function">Any function of tensors, smooth around them.</param>
    /// <param name="inputs">Where; their elements are taken in double precision.</param>
    /// <param name="step">h: small against the elements, large against 1e-16.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is not a positive number.</exception>
    /// <exception cref="ModelShapeException">The function does not depend on an input, has no gradient there, or was given one of another shape.</exception>
    public static GradientCheckResult Compare(Func<Tensor[], Tensor> function, Tensor[] inputs, double step = 1e-5)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        if (!(step > 0) || double.IsInfinity(step)) throw new ArgumentOutOfRangeException(nameof(step), step, "The step of a difference must be a positive number.");
        double[][] at = [.. inputs.Select(x => x.ToDoubleArray())];
        Tensor[] exact = [.. inputs.Select((x, i) => InDouble(x, at[i]))];
        // Each element of the result has a weight of its own: an error in one of them cannot hide behind the others.
        var y = function(exact);
        var weights = InDouble(y, [.. Enumerable.Range(0, y.ToDoubleArray().Length).Select(Weight)]);
        var gradients = exact.Select(x => Tensor.Vjp(y, x, weights).ToDoubleArray()).ToArray();

        double size = gradients.SelectMany(g => g).Select(Math.Abs).DefaultIfEmpty().Max();
        var worst = new GradientCheckResult(0, 0, 0, 0, 0);
        for (int i = 0; i < inputs.Length; i++)
            for (int e = 0; e < at[i].Length; e++)
            {
                double difference = (Sum(i, e, step) - Sum(i, e, -step)) / (2 * step);
                double error = Math.Abs(difference - gradients[i][e]) / Math.Max(1, size);
                if (!(error <= worst.Error)) worst = new GradientCheckResult(error, i, e, gradients[i][e], difference);
                if (double.IsNaN(error)) return worst;
            }
        return worst;

        double Sum(int input, int element, double move)
        {
            double[] moved = [.. at[input]];
            moved[element] += move;
            double[] values = function([.. exact.Select((x, i) => i == input ? InDouble(x, moved) : x)]).ToDoubleArray();
            return values.Select((v, i) => v * Weight(i)).Sum();
        }
    }

    // Between 0.5 and 1.5, and no two alike: the fractions of multiples of the golden ratio.
    static double Weight(int element) => 0.5 + ((element + 1) * 0.6180339887498949 % 1);

    static Tensor InDouble(Tensor like, double[] values) => new(values, [.. like.Shape]);
}

/// <summary>The element of a gradient that differs most from its central difference.</summary>
/// <param name="Error">|gradient - difference|, divided by the largest gradient where that is above 1.</param>
/// <param name="Input">Which input, from 0.</param>
/// <param name="Element">Which of its elements, in row-major order.</param>
/// <param name="Gradient">The gradient's element.</param>
/// <param name="Difference">The central difference.</param>
public sealed record GradientCheckResult(double Error, int Input, int Element, double Gradient, double Difference)
{
    /// <summary>Throws when the gradient is wrong.</summary>
    /// <param name="tolerance">The largest error that is allowed.</param>
    /// <exception cref="InvalidOperationException">The error is larger, or not a number; the message names the element and both values.</exception>
    public void ThrowIfAbove(double tolerance = 1e-6)
    {
        if (!(Error <= tolerance)) throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
            $"The gradient of input {Input} at element {Element} is {Gradient:R}, but the central difference is {Difference:R}: an error of {Error:E1}, above {tolerance:E1}."));
    }
}
