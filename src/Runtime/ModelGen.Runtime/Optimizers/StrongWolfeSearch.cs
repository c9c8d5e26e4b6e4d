namespace ModelGen.Execution;

/// <summary>
/// A line search for the strong Wolfe conditions: f(t) ≤ f(0) + c₁ t f'(0) and |f'(t)| ≤ c₂ |f'(0)|. It goes forward until an interval must contain such a step, and
/// makes that smaller (Nocedal and Wright, "Numerical Optimization", 2006, algorithms 3.5 and 3.6), with cubic interpolation (3.59) and the safeguards of
/// torch.optim.LBFGS.
/// </summary>
internal sealed class StrongWolfeSearch(LossFunction function, double[] direction, double changeTolerance)
{
    const double SufficientDecrease = 1e-4, Curvature = 0.9;
    const int MaxTrials = 25;

    /// <summary>A trial: how far, the loss there, its slope along the direction, and its gradient.</summary>
    public readonly record struct Trial(double Step, double Loss, double Slope, double[] Gradient);

    /// <param name="step">The first step to try.</param>
    /// <param name="start">Loss, slope and gradient at step 0.</param>
    /// <returns>A step that fulfils both conditions; or the best one, when there are too many trials or the interval is too small to matter.</returns>
    public Trial Run(double step, Trial start)
    {
        // Its gradient is overwritten by the caller later; the trial keeps its own.
        start = start with { Gradient = [.. start.Gradient] };
        Trial previous = start, now = At(step);
        int trials = 0;
        for (; trials < MaxTrials; trials++)
        {
            if (IsTooHigh(now, start) || (trials > 1 && now.Loss >= previous.Loss)) return Narrow(previous, now, start, trials);
            if (Math.Abs(now.Slope) <= -Curvature * start.Slope) return now;
            if (now.Slope >= 0) return Narrow(previous, now, start, trials);
            double next = Minimum(previous, now, now.Step + (0.01 * (now.Step - previous.Step)), now.Step * 10);
            (previous, now) = (now, At(next));
        }
        return start.Loss <= now.Loss ? start : now;
    }

    // Between the two lies a step that fulfils both conditions.
    Trial Narrow(Trial one, Trial other, Trial start, int trials)
    {
        var (low, high) = one.Loss <= other.Loss ? (one, other) : (other, one);
        bool hasStalled = false;
        double longest = Vectors.Largest(direction);
        for (; trials < MaxTrials && Math.Abs(high.Step - low.Step) * longest >= changeTolerance; trials++)
        {
            double least = Math.Min(low.Step, high.Step), most = Math.Max(low.Step, high.Step), margin = 0.1 * (most - least);
            double step = Minimum(low, high, least, most);
            bool isNearEnd = Math.Min(most - step, step - least) < margin;
            if (isNearEnd && (hasStalled || step >= most || step <= least))
            {
                step = Math.Abs(step - most) < Math.Abs(step - least) ? most - margin : least + margin;
                isNearEnd = false;
            }
            // The second time in a row it is moved inwards: the interval would hardly become smaller.
            hasStalled = isNearEnd;

            var now = At(step);
            if (IsTooHigh(now, start) || now.Loss >= low.Loss)
            {
                // The new one takes the place of the high one; the lower of the two is the low one.
                (low, high) = now.Loss < low.Loss ? (now, low) : (low, now);
                continue;
            }
            if (Math.Abs(now.Slope) <= -Curvature * start.Slope) return now;
            if (now.Slope * (high.Step - low.Step) >= 0) high = low;
            low = now;
        }
        return low;
    }

    static bool IsTooHigh(Trial trial, Trial start) => !(trial.Loss <= start.Loss + (SufficientDecrease * trial.Step * start.Slope));

    Trial At(double step)
    {
        double loss = function.At(direction, step);
        double[] gradient = [.. function.Gradient];
        return new Trial(step, loss, Vectors.Dot(gradient, direction), gradient);
    }

    // Where the cubic polynomial with both values and slopes has its minimum; the middle of the bounds when it has none.
    static double Minimum(Trial a, Trial b, double least, double most)
    {
        double d = a.Slope + b.Slope - (3 * (a.Loss - b.Loss) / (a.Step - b.Step)), square = (d * d) - (a.Slope * b.Slope);
        if (!(square >= 0) || double.IsInfinity(square)) return (least + most) / 2;
        double root = Math.Sqrt(square);
        double step = a.Step <= b.Step
            ? b.Step - ((b.Step - a.Step) * ((b.Slope + root - d) / (b.Slope - a.Slope + (2 * root))))
            : a.Step - ((a.Step - b.Step) * ((a.Slope + root - d) / (a.Slope - b.Slope + (2 * root))));
        return double.IsNaN(step) ? (least + most) / 2 : Math.Min(Math.Max(step, least), most);
    }
}
