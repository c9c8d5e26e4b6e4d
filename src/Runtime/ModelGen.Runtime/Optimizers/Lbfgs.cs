using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// L-BFGS (J. Nocedal, "Updating Quasi-Newton Matrices with Limited Storage", 1980; Liu and Nocedal, 1989) with a line search for the strong Wolfe conditions: for
/// losses that are computed on all data at once and without random numbers, such as those of physics-informed networks. It takes the curvature from the last
/// gradients, and therefore needs many fewer steps than a first-order method. Formulas and defaults are PyTorch's (torch.optim.LBFGS with
/// <c>line_search_fn="strong_wolfe"</c>): <c>new Lbfgs().Minimize(model.Parameters, () => model.ComputeGradients(x, y))</c>.
/// </summary>
/// <remarks>It computes in double precision whatever the model's; a float32 model rounds the weights, and ends earlier for that.</remarks>
public sealed class Lbfgs
{
    // Below it a pair of steps says nothing about the curvature.
    const double SmallestCurvature = 1e-10;

    /// <summary>The length of the first trial of each line search, relative to the quasi-Newton step. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0.</exception>
    public double LearningRate { get; init => field = Positive(value, nameof(LearningRate)); } = 1;

    /// <summary>The most iterations of one call. Default: 100.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int MaxIterations { get; init => field = AtLeastOne(value, nameof(MaxIterations)); } = 100;

    /// <summary>The most evaluations of one call; a line search that has begun ends. Null: 1.25 times <see cref="MaxIterations"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int? MaxEvaluations { get; init => field = value is { } most ? AtLeastOne(most, nameof(MaxEvaluations)) : null; }

    /// <summary>How many of the last steps describe the curvature. Default: 100.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int HistorySize { get; init => field = AtLeastOne(value, nameof(HistorySize)); } = 100;

    /// <summary>It ends when no element of the gradient is larger. Default: 1e-7.</summary>
    public double GradientTolerance { get; init => field = Optimizer.NonNegative(value, nameof(GradientTolerance)); } = 1e-7;

    /// <summary>It ends when the loss, and every weight, changes by less. Default: 1e-9.</summary>
    public double ChangeTolerance { get; init => field = Optimizer.NonNegative(value, nameof(ChangeTolerance)); } = 1e-9;

    /// <summary>Called after each iteration with its number, from 1, and the loss.</summary>
    public Action<int, double>? OnIteration { get; init; }

    /// <summary>Minimises a loss over the parameters whose gradients it computes.</summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="computeGradients">
    /// Computes loss and gradients at the weights that the parameters have then: ComputeGradients on always the same data. It must give equal numbers for equal
    /// weights.
    /// </param>
    /// <returns>The last loss, and why it ended. The weights are those of that loss.</returns>
    /// <exception cref="InvalidOperationException">The function computed no gradients of these parameters, or another call is running.</exception>
    /// <exception cref="NonFiniteLossException">The loss was not finite at the first weights. Later, such a trial counts as too long a step.</exception>
    /// <exception cref="NonFiniteGradientException">A gradient was not finite at the first weights. Later, such a trial counts as too long a step.</exception>
    /// <remarks>What the function throws comes through; the weights are then those of the last iteration.</remarks>
    public LbfgsResult Minimize(ParameterSet parameters, Func<double> computeGradients)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(computeGradients);
        var function = new LossFunction(parameters, computeGradients);
        double loss = function.Begin();
        double[] gradient = [.. function.Gradient], direction = new double[gradient.Length], last = new double[gradient.Length];
        if (Vectors.Largest(gradient) <= GradientTolerance) return new LbfgsResult(loss, 0, function.Evaluations, LbfgsEnd.Gradient);

        int mostEvaluations = MaxEvaluations ?? (int)Math.Min(int.MaxValue, MaxIterations * 5L / 4);
        var history = new CurvatureHistory(HistorySize, gradient.Length);
        double step = 0;
        for (int iteration = 1; ; iteration++)
        {
            if (iteration > 1)
            {
                // y = g - last g, s = step · direction
                for (int i = 0; i < last.Length; i++) last[i] = gradient[i] - last[i];
                history.Add(direction, step, last, SmallestCurvature);
            }
            history.Direction(gradient, direction);
            gradient.CopyTo(last, 0);
            double lastLoss = loss;
            // Nothing is known of the curvature at first: a careful step.
            step = iteration == 1 ? Math.Min(1, 1 / Vectors.Sum(gradient)) * LearningRate : LearningRate;
            double slope = Vectors.Dot(gradient, direction);
            if (slope > -ChangeTolerance) return End(LbfgsEnd.Change, iteration - 1);

            var found = new StrongWolfeSearch(function, direction, ChangeTolerance).Run(step, new(0, loss, slope, gradient));
            (step, loss) = (found.Step, found.Loss);
            found.Gradient.CopyTo(gradient, 0);
            function.Accept(direction, step);
            OnIteration?.Invoke(iteration, loss);

            if (iteration == MaxIterations) return End(LbfgsEnd.Iterations, iteration);
            if (function.Evaluations >= mostEvaluations) return End(LbfgsEnd.Evaluations, iteration);
            if (Vectors.Largest(gradient) <= GradientTolerance) return End(LbfgsEnd.Gradient, iteration);
            if (Vectors.Largest(direction) * Math.Abs(step) <= ChangeTolerance || Math.Abs(loss - lastLoss) < ChangeTolerance) return End(LbfgsEnd.Change, iteration);
        }

        LbfgsResult End(LbfgsEnd reason, int iterations) => new(loss, iterations, function.Evaluations, reason);
    }

    static int AtLeastOne(int value, string name) => value >= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must be at least 1.");

    static double Positive(double value, string name) => value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must be a finite number above 0.");
}

/// <summary>Why <see cref="Lbfgs.Minimize"/> ended.</summary>
public enum LbfgsEnd
{
    /// <summary>The gradient is small enough.</summary>
    Gradient,

    /// <summary>Loss or weights hardly change any more.</summary>
    Change,

    /// <summary>The number of iterations is used up.</summary>
    Iterations,

    /// <summary>The number of evaluations is used up.</summary>
    Evaluations,
}

/// <summary>What <see cref="Lbfgs.Minimize"/> came to.</summary>
/// <param name="Loss">The loss at the weights that the model has now.</param>
/// <param name="Iterations">Directions that were searched.</param>
/// <param name="Evaluations">Losses that were computed.</param>
/// <param name="End">Why it ended.</param>
public sealed record LbfgsResult(double Loss, int Iterations, int Evaluations, LbfgsEnd End);
