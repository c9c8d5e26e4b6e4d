using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// The learning-rate range test (L. Smith, "Cyclical Learning Rates for Training Neural Networks", 2017; as in fastai's <c>lr_find</c>): a short training whose learning rate grows from step to step
/// until the loss diverges. Model and optimizer are afterwards what they were, bit for bit: weights, running statistics, gradients, random numbers, momentum, counts, learning rate and loss scaling.
/// </summary>
/// <example><c>var curve = new LearningRateFinder().Run(model, data, optimizer, batchSize: 64); optimizer.LearningRate = curve.Suggestion ?? optimizer.LearningRate;</c></example>
public sealed class LearningRateFinder
{
    /// <summary>The learning rate of the first step. Default: 1e-7.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0.</exception>
    public double First { get; init => field = Positive(value, nameof(First)); } = 1e-7;

    /// <summary>The learning rate of the last step, if the loss stays small enough. Default: 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0.</exception>
    public double Last { get; init => field = Positive(value, nameof(Last)); } = 10;

    /// <summary>The most steps: the rate grows by the same factor in each. Default: 100.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 2.</exception>
    public int Steps
    {
        get;
        init => field = value >= 2 ? value : throw new ArgumentOutOfRangeException(nameof(Steps), value, $"'{nameof(Steps)}' must be at least 2.");
    } = 100;

    /// <summary>How much of the running mean of the losses is kept from one step to the next, in [0, 1): batches differ, and the curve should not. Default: 0.98.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside of [0, 1).</exception>
    public double Smoothing
    {
        get;
        init => field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(Smoothing), value, $"'{nameof(Smoothing)}' must lie in [0, 1).");
    } = 0.98;

    /// <summary>The loss has diverged when its running mean is this many times the smallest one so far; below 0, when it has risen by as much. Default: 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 1.</exception>
    public double Divergence
    {
        get;
        init => field = value > 1 ? value : throw new ArgumentOutOfRangeException(nameof(Divergence), value, $"'{nameof(Divergence)}' must be above 1.");
    } = 4;

    /// <summary>Tries the rates on batches of a dataset, in a random order as <see cref="Trainer.Fit"/> has it, from the beginning again where it ends.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The examples.</param>
    /// <param name="optimizer">Changes the weights; its settings are those of the training to come.</param>
    /// <param name="batchSize">Examples in one step, at least 1; fewer where the data has fewer.</param>
    /// <param name="seed">Decides the order of the examples.</param>
    /// <returns>Rates and losses.</returns>
    /// <exception cref="ArgumentException">The data is empty, the batch size below 1, <see cref="First"/> not below <see cref="Last"/>, or a column is missing or fits no input.</exception>
    /// <exception cref="InvalidOperationException">Another call is running, or a group of the optimizer names no parameter of the model.</exception>
    public LearningRateCurve Run(ITrainable model, Dataset data, Optimizer optimizer, int batchSize = 32, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (data.Count == 0) throw new ArgumentException("The dataset has no examples.", nameof(data));
        int[] given = data.Order(), order = (int[])given.Clone();
        batchSize = Math.Min(batchSize, order.Length);
        var batch = data.NewBatch(batchSize);
        int perEpoch = order.Length / batchSize;
        return Run(model.Parameters, optimizer, step =>
        {
            if (step % perEpoch == 0)
            {
                given.CopyTo(order, 0);
                RowOrder.Shuffle(order, seed, (ulong)((step / perEpoch) + 1));
            }
            data.Fill(batch, order.AsSpan(step % perEpoch * batchSize, batchSize));
            return model.TrainStep(batch, optimizer);
        });
    }

    /// <summary>Tries the rates with steps of one's own.</summary>
    /// <param name="parameters">The parameters of the model that the steps train.</param>
    /// <param name="optimizer">What the steps train with: its <see cref="Optimizer.LearningRate"/> is set before each. What an optimizer of one's own keeps besides its slots is not restored.</param>
    /// <param name="trainStep">Makes one training step, given its number from 0, and returns the loss before the update: <c>step => model.TrainStep(x, y, optimizer)</c>.</param>
    /// <returns>Rates and losses.</returns>
    /// <exception cref="ArgumentException"><see cref="First"/> is not below <see cref="Last"/>.</exception>
    /// <exception cref="InvalidOperationException">Another call is running, or a group of the optimizer names no parameter of the model.</exception>
    /// <remarks>What a step throws comes through, and everything is restored before. Only a loss or a gradient that is not finite is no failure here, but the end of the curve.</remarks>
    public LearningRateCurve Run(ParameterSet parameters, Optimizer optimizer, Func<int, double> trainStep)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(trainStep);
        if (First >= Last) throw new ArgumentException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The first learning rate, {First}, must be below the last one, {Last}."));
        using var before = new TrainingSnapshot(parameters.State, optimizer);
        try
        {
            return Try(optimizer, trainStep);
        }
        finally
        {
            before.Restore();
        }
    }

    LearningRateCurve Try(Optimizer optimizer, Func<int, double> trainStep)
    {
        var points = new List<LearningRatePoint>();
        double mean = 0, share = 1, best = double.PositiveInfinity;
        for (int step = 0; step < Steps; step++)
        {
            double rate = First * Math.Pow(Last / First, step / (Steps - 1.0));
            optimizer.LearningRate = rate;
            double loss;
            try
            {
                loss = trainStep(step);
            }
            catch (ArithmeticException e) when (e is NonFiniteLossException or NonFiniteGradientException)
            {
                return new LearningRateCurve(points, diverged: true);
            }
            if (!double.IsFinite(loss)) return new LearningRateCurve(points, diverged: true);
            mean = (Smoothing * mean) + ((1 - Smoothing) * loss);
            share *= Smoothing;
            // The mean begins at 0, which the first losses must not feel.
            double smoothed = mean / (1 - share);
            points.Add(new LearningRatePoint(rate, loss, smoothed));
            if (step > 0 && smoothed > best + ((Divergence - 1) * Math.Abs(best))) return new LearningRateCurve(points, diverged: true);
            best = Math.Min(best, smoothed);
        }
        return new LearningRateCurve(points, diverged: false);
    }

    static double Positive(double value, string name) => value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"'{name}' must be a finite number above 0.");
}

/// <summary>One step of a <see cref="LearningRateFinder"/>.</summary>
/// <param name="Rate">The learning rate.</param>
/// <param name="Loss">The loss before the update with that rate.</param>
/// <param name="Smoothed">The running mean of the losses so far.</param>
public readonly record struct LearningRatePoint(double Rate, double Loss, double Smoothed);

/// <summary>What <see cref="LearningRateFinder.Run(ITrainable, Dataset, Optimizer, int, ulong)"/> has seen: the loss over the learning rate.</summary>
public sealed class LearningRateCurve
{
    internal LearningRateCurve(IReadOnlyList<LearningRatePoint> points, bool diverged) => (Points, Diverged) = (points, diverged);

    /// <summary>The steps, by growing rates. A step whose loss was not finite is not among them.</summary>
    public IReadOnlyList<LearningRatePoint> Points { get; }

    /// <summary>Whether it ended because the loss diverged.</summary>
    public bool Diverged { get; }

    /// <summary>
    /// The rate at which the smoothed loss falls most steeply over the logarithm of the rate, as fastai suggests it; the first tenth of the steps is not looked at, where the mean is of few losses.
    /// Null when the loss never falls.
    /// </summary>
    public double? Suggestion
    {
        get
        {
            double? rate = null;
            double steepest = 0;
            for (int i = Points.Count / 10; i + 1 < Points.Count; i++)
            {
                double slope = (Points[i + 1].Smoothed - Points[i].Smoothed) / Math.Log(Points[i + 1].Rate / Points[i].Rate);
                if (slope < steepest) (steepest, rate) = (slope, Points[i].Rate);
            }
            return rate;
        }
    }

    /// <summary>A tenth of the rate with the smallest smoothed loss, which is fastai's other and more careful rule.</summary>
    /// <exception cref="InvalidOperationException">There are no points: the first loss was not finite.</exception>
    public double TenthOfMinimum => Points.Count > 0 ? Points.MinBy(p => p.Smoothed).Rate / 10 : throw new InvalidOperationException("The curve has no points: the first loss was not finite.");
}
