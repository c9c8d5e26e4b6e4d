using ModelGen.Runtime.Tests.Optimizers;

namespace ModelGen.Runtime.Tests.Training;

public sealed class LearningRateFinderTests
{
    static readonly Dataset Line = Make(100);

    static Dataset Make(int count)
    {
        var x = Enumerable.Range(0, count).Select(i => (i - (count / 2)) * 4 / (float)count).ToArray();
        return new Dataset().With("x", x).With("y", x.Select(v => (3 * v) - 1).ToArray());
    }

    public static TheoryData<string> Optimizers => ["Sgd", "Adam", "NAdam", "Adafactor", "Scaled"];

    static Optimizer New(string name) => name switch
    {
        "Sgd" => new Sgd(0.01, momentum: 0.9),
        "Adam" => new Adam(0.01) { MaxGradientNorm = 10 },
        "NAdam" => new NAdam(0.01),
        "Adafactor" => new Adafactor(0.01),
        _ => new Adam(0.01) { LossScaling = LossScaling.Dynamic(start: 4, growthInterval: 3) },
    };

    /// <summary>A training that is interrupted by a search goes on with the same bits as one that is not: weights, momentum, counts.</summary>
    [Theory, MemberData(nameof(Optimizers))]
    public void Everything_is_what_it_was(string name)
    {
        using LinearModel searched = new(), plain = new();
        Optimizer optimizer = New(name), other = New(name);
        foreach (var (model, rule) in new[] { (searched, optimizer), (plain, other) })
            for (int i = 0; i < 5; i++) model.TrainStep(Line.Batch(i * 20, 20), rule);
        double norm = optimizer.GradientNorm;
        var curve = new LearningRateFinder { Steps = 60 }.Run(searched, Line, optimizer, batchSize: 20);
        Assert.True(curve.Points.Count > 5);
        Equal(plain, other, searched, optimizer);
        Assert.Equal(norm, optimizer.GradientNorm);
        for (int i = 0; i < 5; i++) Assert.Equal(plain.TrainStep(Line.Batch(i * 20, 20), other), searched.TrainStep(Line.Batch(i * 20, 20), optimizer));
        Equal(plain, other, searched, optimizer);
    }

    [Fact]
    public void Everything_is_what_it_was_before_the_first_step()
    {
        using LinearModel searched = new(), plain = new();
        Adam optimizer = new(0.01), other = new(0.01);
        _ = new LearningRateFinder { Steps = 20 }.Run(searched, Line, optimizer, batchSize: 10);
        Assert.Equal(0, searched.Parameters["w"].Gradient[0]);
        for (int i = 0; i < 5; i++) Assert.Equal(plain.TrainStep(Line.Batch(i * 20, 20), other), searched.TrainStep(Line.Batch(i * 20, 20), optimizer));
        Equal(plain, other, searched, optimizer);
    }

    /// <summary>Also when a step throws, in the middle of a search, and with gradients that wait for an update.</summary>
    [Fact]
    public void Everything_is_what_it_was_when_a_step_throws()
    {
        using LinearModel searched = new(), plain = new();
        Sgd optimizer = new(0.01, momentum: 0.9), other = new(0.01, momentum: 0.9);
        foreach (var (model, rule) in new[] { (searched, optimizer), (plain, other) })
        {
            model.TrainStep(Line.Batch(0, 20), rule);
            model.AccumulateGradients(Line.Batch(20, 20), 0.5);
        }
        var error = Assert.Throws<TimeZoneNotFoundException>(() => new LearningRateFinder().Run(searched.Parameters, optimizer,
            step => step < 7 ? searched.TrainStep(Line.Batch(step, 10), optimizer) : throw new TimeZoneNotFoundException()));
        Assert.Equal(plain.Parameters["w"].Gradient[0], searched.Parameters["w"].Gradient[0]);
        foreach (var (model, rule) in new[] { (searched, optimizer), (plain, other) })
        {
            model.AccumulateGradients(Line.Batch(40, 20), 0.5);
            rule.Step(model.Parameters);
        }
        Equal(plain, other, searched, optimizer);
    }

    [Fact]
    public void Rates_grow_by_a_factor_and_end_where_the_loss_diverges()
    {
        using var model = new LinearModel();
        var curve = new LearningRateFinder { First = 1e-4, Last = 1e4, Steps = 81, Smoothing = 0.5 }.Run(model, Line, new Sgd(0.1), batchSize: 50);
        Assert.True(curve.Diverged);
        Assert.InRange(curve.Points.Count, 20, 79);
        for (int i = 0; i < curve.Points.Count; i++) Assert.Equal(1e-4 * Math.Pow(10, i / 10.0), curve.Points[i].Rate, 1e-9 * curve.Points[i].Rate);
        // The curvature of this loss is 2 · mean(x²), about 2.7, along the steeper direction: plain descent diverges above 2 / 2.7.
        Assert.InRange(curve.Suggestion!.Value, 1e-3, 0.75);
        Assert.InRange(curve.TenthOfMinimum, 1e-3, 0.5);
        // And one can train with it.
        var sgd = new Sgd(curve.Suggestion.Value);
        var history = Trainer.Fit(model, Line, new FitOptions { Epochs = 300, BatchSize = 50, Optimizer = sgd });
        Assert.True(history.FinalLoss < 0.05 * history.Epochs[0].Loss || history.FinalLoss < 1e-3);
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_the_end_of_the_curve()
    {
        using var model = new LinearModel();
        var curve = new LearningRateFinder { First = 1, Last = 1e30, Steps = 50, Divergence = 1e30 }.Run(model, Line, new Sgd(0.1), batchSize: 50);
        Assert.True(curve.Diverged);
        Assert.All(curve.Points, p => Assert.True(double.IsFinite(p.Loss)));
        Assert.Empty(new LearningRateFinder().Run(model.Parameters, new Sgd(0.1), _ => double.NaN).Points);
    }

    [Fact]
    public void The_steepest_descent_is_suggested_and_nothing_where_there_is_none()
    {
        using var model = new LinearModel();
        double[] losses = [5, 5, 5, 4.9, 4, 2, 1.5, 1.4, 1.4, 1.5];
        var curve = new LearningRateFinder { First = 1e-5, Last = 1e4, Steps = 10, Smoothing = 0 }.Run(model.Parameters, new Sgd(1), step => losses[step]);
        Assert.False(curve.Diverged);
        Assert.Equal(0.1, curve.Suggestion!.Value, 1e-9);
        Assert.Equal(10, curve.TenthOfMinimum, 1e-9);
        Assert.Null(new LearningRateFinder().Run(model.Parameters, new Sgd(1), step => step).Suggestion);
        // A loss below 0 may rise a little, too.
        Assert.False(new LearningRateFinder { Steps = 10, Smoothing = 0 }.Run(model.Parameters, new Sgd(1), step => -5 + (step % 3)).Diverged);
    }

    [Fact]
    public void Mistakes_are_named()
    {
        using var model = new LinearModel();
        var sgd = new Sgd(0.1);
        Assert.Contains("The first learning rate, 1, must be below the last one, 0.5.", Assert.Throws<ArgumentException>(() => new LearningRateFinder { First = 1, Last = 0.5 }.Run(model, Line, sgd)).Message);
        Assert.Contains("no examples", Assert.Throws<ArgumentException>(() => new LearningRateFinder().Run(model, new Dataset(), sgd)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateFinder { Steps = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateFinder { First = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateFinder { Smoothing = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateFinder { Divergence = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateFinder().Run(model, Line, sgd, batchSize: 0));
    }

    static void Equal(LinearModel expected, Optimizer expectedRule, LinearModel actual, Optimizer actualRule)
    {
        Assert.Equal(expected.Parameters.SelectMany(p => p.Values.ToArray()), actual.Parameters.SelectMany(p => p.Values.ToArray()));
        Assert.Equal((expectedRule.LearningRate, expectedRule.StepCount), (actualRule.LearningRate, actualRule.StepCount));
        Assert.Equal((expectedRule.LossScaling?.Scale, expectedRule.LossScaling?.SkippedSteps), (actualRule.LossScaling?.Scale, actualRule.LossScaling?.SkippedSteps));
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            string a = Path.Combine(folder.FullName, "a"), b = Path.Combine(folder.FullName, "b");
            expectedRule.Save(a, expected.Parameters);
            actualRule.Save(b, actual.Parameters);
            // Momentum, counts, and the place of the random numbers.
            Assert.Equal(File.ReadAllBytes(a), File.ReadAllBytes(b));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
