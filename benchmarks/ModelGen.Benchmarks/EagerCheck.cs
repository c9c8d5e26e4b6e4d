namespace ModelGen.Benchmarks;

/// <summary>
/// What is timed is also right: the compiled numbers against the eager run of the same class. The tests do this for every op and many sizes;
/// here it is done once more for exactly what is timed.
/// </summary>
internal static class EagerCheck
{
    const double Tolerance = 1e-4, GradientTolerance = 2e-2;

    // A sum in another order may round to the other neighbour of 16 bits.
    const double RoundedTolerance = 5e-3;

    /// <summary>Relative to the largest element.</summary>
    /// <exception cref="InvalidOperationException">They differ by more than 1e-4.</exception>
    public static double Predictions(double[] expected, float[] actual)
    {
        double scale = expected.Max(Math.Abs), worst = 0;
        for (int i = 0; i < expected.Length; i++) worst = Math.Max(worst, Math.Abs(expected[i] - actual[i]) / scale);
        return Within(Tolerance, worst, "the prediction");
    }

    /// <summary>The same of a model that rounds to 16 bits.</summary>
    /// <exception cref="InvalidOperationException">They differ by more than 5e-3.</exception>
    public static double Rounded(IReadOnlyList<double> expected, IReadOnlyList<double> actual)
    {
        double scale = expected.Max(Math.Abs);
        return Within(RoundedTolerance, expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max() / scale, "the rounded numbers");
    }

    /// <summary>
    /// The loss, and the gradient: along itself the eager loss must rise by the square of its length (central difference).
    /// </summary>
    /// <exception cref="InvalidOperationException">The losses differ by more than 1e-4, or the slopes by more than 2%.</exception>
    public static double Training(ParameterSet parameters, Func<float> computeGradients, Func<double> eagerLoss)
    {
        double compiled = computeGradients(), eager = eagerLoss();
        double worst = Within(Tolerance, Math.Abs(compiled - eager) / Math.Abs(eager), "the loss");

        var weights = parameters.Select(p => (View: p.Values, Start: p.Values.ToDoubleArray(), Gradient: p.Gradient.ToDoubleArray())).ToArray();
        double square = weights.Sum(w => w.Gradient.Sum(g => g * g));
        double step = 1e-3 / Math.Sqrt(square);   // moves the weights by 0.001 in all: large beside rounding, small beside the curvature
        double slope = (LossAt(step) - LossAt(-step)) / (2 * step);
        Move(0);
        Within(GradientTolerance, Math.Abs(slope - square) / square, "the gradient");
        return worst;

        double LossAt(double along)
        {
            Move(along);
            return eagerLoss();
        }

        void Move(double along)
        {
            foreach (var (view, start, gradient) in weights) view.CopyFrom([.. start.Select((w, i) => w + (along * gradient[i]))]);
        }
    }

    static double Within(double tolerance, double difference, string what) => difference <= tolerance ? difference
        : throw new InvalidOperationException(string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"Compiled and eager differ in {what} by {difference:g3}, relatively; at most {tolerance:g3} is right."));
}
