using System.Text.Json;
using ModelGen.Testing;

namespace ModelGen.Runtime.Tests.Training;

/// <summary>Learning-rate schedules against PyTorch (tests/golden/optimizers.py): 40 steps from a rate of 0.2.</summary>
public sealed class ScheduleTests
{
    const double Rate = 0.2;

    static readonly Dictionary<string, double[]> Goldens =
        JsonSerializer.Deserialize<Dictionary<string, double[]>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "schedules.json")))!;

    public static TheoryData<string> Names => [.. Goldens.Keys];

    static LearningRateSchedule Create(string name) => name switch
    {
        "Step" => new StepSchedule(5, 0.5),
        "MultiStep" => new MultiStepSchedule(0.1, 3, 10, 11),
        "Exponential" => new ExponentialSchedule(0.9),
        "Cosine" => new CosineSchedule(40, final: 0.1),
        "CosineRestarts" => new CosineRestartsSchedule(5, growth: 2, final: 0.1),
        "Warmup" => new WarmupSchedule(8),
        "Polynomial" => new PolynomialSchedule(15, power: 2),
        "OneCycle" => new OneCycleSchedule(40),
        "Constant" => new ConstantSchedule(0.25, 6),
        "Lambda" => new LambdaSchedule(step => 1.0 / (1 + step)),
        "Sequential" => new SequentialSchedule(new WarmupSchedule(6), 6, new ExponentialSchedule(0.8)),
        "Cyclic" => new CyclicSchedule(0.1, up: 4, down: 7, cycleFactor: 0.5),
        "Cyclic range" => new CyclicSchedule(0.1, up: 6, stepFactor: 0.97),
        "Noam" => new NoamSchedule(6),
        "InverseTime" => new InverseTimeSchedule(0.5, every: 3),
        "Multiplicative" => new MultiplicativeSchedule(step => 1 - (0.5 / step)),
        "ReduceOnPlateau" => new ReduceOnPlateauSchedule(0.5, patience: 2, cooldown: 1, minimum: 0.05),
        _ => throw new ArgumentException(name),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Rates_equal_PyTorch(string name)
    {
        var schedule = Create(name);
        var random = new Lcg(3);
        for (int step = 0; step < Goldens[name].Length; step++)
        {
            Assert.Equal(Goldens[name][step], Rate * schedule.Factor(step), 1e-13);
            schedule.Observe(Math.Max(1 - (0.1 * step), 0.4) + (0.01 * random.Next(0, 1)));
        }
    }

    [Fact]
    public void Past_the_end_a_schedule_stays()
    {
        Assert.Equal(0.1, new CosineSchedule(10, final: 0.1).Factor(1000), 1e-15);
        Assert.Equal(0, new PolynomialSchedule(10).Factor(11));
        Assert.Equal(1, new WarmupSchedule(10).Factor(1000));
        Assert.Equal(1 / 250_000.0, new OneCycleSchedule(10).Factor(10), 1e-15);
        Assert.Equal(1, new CosineRestartsSchedule(7).Factor(7_000_000));
        Assert.Equal(0.2, new InverseTimeSchedule(2, every: 10, staircase: true).Factor(29), 1e-15);
    }

    [Fact]
    public void Fit_changes_the_rate_and_gives_it_back()
    {
        using var model = new LinearModel();
        var data = new Dataset().With("x", [.. Enumerable.Range(0, 24).Select(i => i / 24f)], rowSize: 1).With("y", [.. Enumerable.Range(0, 24).Select(i => i / 12f)], rowSize: 1);
        var sgd = new Sgd(0.1);
        var rates = new List<double>();
        FitOptions Options(ScheduleUnit unit) => new()
        {
            Epochs = 2, BatchSize = 8, Optimizer = sgd, Schedule = new ExponentialSchedule(0.5), ScheduleUnit = unit, OnStep = _ => rates.Add(sgd.LearningRate),
        };
        Trainer.Fit(model, data, Options(ScheduleUnit.Step));
        Assert.Equal([0.1, 0.05, 0.025, 0.0125, 0.00625, 0.003125], rates);
        Assert.Equal(0.1, sgd.LearningRate);
        rates.Clear();
        Trainer.Fit(model, data, Options(ScheduleUnit.Epoch));
        Assert.Equal([0.1, 0.1, 0.1, 0.05, 0.05, 0.05], rates);
    }

    /// <summary>PyTorch divides by 0 here: the peak lies at step 0.</summary>
    [Theory]
    [InlineData(10, 0.1)]
    [InlineData(20, 0.05)]
    [InlineData(100, 0.01)]
    [InlineData(2, 0.5)]
    [InlineData(2, 0.25)]
    public void A_cycle_whose_rise_is_no_longer_than_a_step_falls_from_the_start(int steps, double rise)
    {
        var schedule = new OneCycleSchedule(steps, rise);
        double[] factors = [.. Enumerable.Range(0, steps).Select(step => schedule.Factor(step))];
        Assert.Equal(factors.OrderDescending(), factors);
        Assert.Equal(rise * steps == 1 ? 1 : HalfCosineFrom(1 / 3.0), factors[0], 1e-15);
        Assert.Equal(1 / 250_000.0, factors[^1], 1e-15);

        static double HalfCosineFrom(double share) => (1 / 250_000.0) + ((1 - (1 / 250_000.0)) * (1 + Math.Cos(Math.PI * share)) / 2);
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(-0.5, "-0.5")]
    [InlineData(1e308, "1E+308")]
    public void Fit_names_a_factor_that_is_no_factor(double factor, string text)
    {
        using var model = new LinearModel();
        var data = new Dataset().With("x", [1f, 2, 3]).With("y", [1f, 2, 3]);
        var sgd = new Sgd(10);
        int steps = 0;
        var error = Assert.Throws<ArgumentException>(() => Trainer.Fit(model, data, new FitOptions
        {
            BatchSize = 1, Optimizer = sgd, Schedule = new LambdaSchedule(step => step == 2 ? factor : 0.001), OnStep = _ => steps++,
        }));
        Assert.Contains($"The schedule LambdaSchedule gives the factor {text} for step 2, counted from 0.", error.Message, StringComparison.Ordinal);
        Assert.Equal((2, 10), (steps, sgd.LearningRate));
    }

    [Fact]
    public void Settings_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new StepSchedule(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialSchedule(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OneCycleSchedule(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OneCycleSchedule(10, rise: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReduceOnPlateauSchedule(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CyclicSchedule(1.1, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NoamSchedule(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InverseTimeSchedule(-1));
        Assert.Throws<ArgumentNullException>(() => new MultiplicativeSchedule(null!));
        Assert.Throws<ArgumentException>(() => new SequentialSchedule());
        Assert.Throws<ArgumentNullException>(() => new LambdaSchedule(null!));
    }
}
