namespace ModelGen.Runtime.Tests.Training;

public sealed class TrainerTests
{
    static readonly Dataset Line = Make(100);

    static Dataset Make(int count)
    {
        var x = Enumerable.Range(0, count).Select(i => (i - (count / 2)) / (float)count).ToArray();
        return new Dataset().With("x", x).With("y", x.Select(v => (3 * v) - 1).ToArray());
    }

    [Fact]
    public void ItLearnsALine()
    {
        using var model = new LinearModel();
        var (train, held) = Line.Shuffle(1).Split(0.8);
        var steps = new List<StepProgress>();
        var history = Trainer.Fit(model, train, new FitOptions
        {
            Epochs = 100, BatchSize = 16, Optimizer = new Adam(0.05), Validation = held, OnStep = steps.Add,
        });
        Assert.Equal(3, model.Parameters["w"].Values[0], 0.02);
        Assert.Equal(-1, model.Parameters["b"].Values[0], 0.02);
        Assert.Equal(100, history.Epochs.Count);
        Assert.True(history.FinalLoss < 1e-3);
        Assert.True(history.Best.ValidationLoss < 1e-3);
        Assert.Equal(500, steps.Count);
        Assert.Equal((2, 5, 5), (steps[9].Epoch, steps[9].Step, steps[9].Steps));
    }

    [Fact]
    public void SameSeedSameBits()
    {
        float[] Train(ulong seed)
        {
            using var model = new LinearModel();
            Trainer.Fit(model, Line, new FitOptions { Epochs = 3, BatchSize = 7, Optimizer = new Sgd(0.1, momentum: 0.9), Seed = seed });
            return [.. model.Parameters.SelectMany(p => p.Values.ToArray())];
        }
        Assert.Equal(Train(1), Train(1));
        Assert.NotEqual(Train(1), Train(2));
    }

    [Fact]
    public void EveryExampleComesOncePerEpoch()
    {
        using var model = new LinearModel();
        model.Seen.Capacity = 200;
        Trainer.Fit(model, Line, new FitOptions { Epochs = 2, BatchSize = 30, Optimizer = new Sgd(0) });
        var all = Line.Batch(0, 100).Floats("x").ToArray();
        Assert.Equal(all, model.Seen.Take(100).Order());
        Assert.Equal(all, model.Seen.Skip(100).Order());
        Assert.NotEqual(model.Seen.Take(100), model.Seen.Skip(100));
    }

    [Fact]
    public void DropLastLeavesOutThePartialBatch()
    {
        using var model = new LinearModel();
        model.Seen.Capacity = 200;
        Trainer.Fit(model, Line, new FitOptions { BatchSize = 30, DropLast = true, Shuffle = false });
        Assert.Equal(Line.Batch(0, 90).Floats("x").ToArray(), model.Seen);
    }

    /// <summary>Batches of 8 in groups of 4 are batches of 32: 100 examples are three of them and one of 4, which is no group.</summary>
    [Theory]
    [InlineData(8, 4, 32)]
    [InlineData(5, 7, 35)]
    [InlineData(16, 3, 48)]
    public void Accumulated_batches_are_one(int batchSize, int accumulate, int whole)
    {
        using LinearModel parts = new(), one = new();
        var (partSteps, steps) = (new List<StepProgress>(), new List<StepProgress>());
        var (partAdam, adam) = (new Adam(0.05), new Adam(0.05));
        var schedule = new StepSchedule(3, 0.5);
        var history = Trainer.Fit(parts, Line, new FitOptions { Epochs = 3, BatchSize = batchSize, Accumulate = accumulate, Optimizer = partAdam, Schedule = schedule, OnStep = partSteps.Add });
        var expected = Trainer.Fit(one, Line, new FitOptions { Epochs = 3, BatchSize = whole, Optimizer = adam, Schedule = schedule, OnStep = steps.Add });
        Assert.Equal(adam.StepCount, partAdam.StepCount);
        Assert.Equal(steps.Select(s => (s.Epoch, s.Step, s.Steps)), partSteps.Select(s => (s.Epoch, s.Step, s.Steps)));
        foreach (var (a, b) in steps.Zip(partSteps)) Assert.Equal(a.Loss, b.Loss, 1e-5f);
        foreach (var (a, b) in one.Parameters.Zip(parts.Parameters)) Assert.Equal((double)a.Values[0], b.Values[0], 1e-5);
        Assert.Equal(expected.FinalLoss, history.FinalLoss, 1e-5);
    }

    [Fact]
    public void Half_an_accumulated_update_is_none()
    {
        using var model = new LinearModel();
        var before = model.Parameters.SelectMany(p => p.Values.ToArray()).ToArray();
        var data = new Dataset().With("x", [1f, 2, float.NaN]).With("y", [1f, 1, 1]);
        var optimizer = new Sgd(0.1);
        Assert.Throws<NonFiniteLossException>(() => Trainer.Fit(model, data, new FitOptions { BatchSize = 1, Accumulate = 3, Shuffle = false, Optimizer = optimizer }));
        Assert.Equal(before, model.Parameters.SelectMany(p => p.Values.ToArray()));
        Assert.Throws<InvalidOperationException>(() => optimizer.Step(model.Parameters));
        Assert.Throws<ArgumentOutOfRangeException>(() => Trainer.Fit(model, Line, new FitOptions { Accumulate = 0 }));
    }

    /// <summary>Saved in the middle of one training, and gone on with by a fresh model and optimizer.</summary>
    [Theory]
    [InlineData("steps")]
    [InlineData("epochs")]
    [InlineData("plateau")]
    [InlineData("none")]
    public void A_training_goes_on_as_if_never_interrupted(string kind)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            string weights = Path.Combine(folder.FullName, "model.safetensors"), course = Path.Combine(folder.FullName, "adam.safetensors");
            FitOptions Options(LearningRateSchedule? schedule, Optimizer optimizer) => new()
            {
                Epochs = 4, BatchSize = 7, Seed = 5, Optimizer = optimizer, Schedule = schedule, ScheduleUnit = kind == "epochs" ? ScheduleUnit.Epoch : ScheduleUnit.Step,
            };
            LearningRateSchedule? Schedule() => kind switch
            {
                "steps" => new CosineSchedule(60, final: 0.1),
                "epochs" => new ExponentialSchedule(0.5),
                "plateau" => new ReduceOnPlateauSchedule(0.5, patience: 0, threshold: 0.99),
                _ => null,
            };
            using LinearModel whole = new(), rest = new();
            var adam = new Adam(0.05);
            var history = Trainer.Fit(whole, Line, Options(Schedule(), adam) with
            {
                OnEpoch = e =>
                {
                    if (e.Epoch != 2) return;
                    whole.Save(weights);
                    adam.Save(course, whole.Parameters);
                },
            });

            var fresh = new Adam(1);
            rest.Load(weights);
            fresh.Load(course, rest.Parameters);
            Assert.Equal(0.05, fresh.LearningRate);
            var schedule = Schedule();
            foreach (var epoch in history.Epochs.Take(2)) schedule?.Observe(epoch.Loss);
            var steps = new List<StepProgress>();
            var gone = Trainer.Fit(rest, Line, Options(schedule, fresh) with { Epochs = 2, FirstEpoch = 3, OnStep = steps.Add });

            Assert.Equal(whole.Parameters.SelectMany(p => p.Values.ToArray()), rest.Parameters.SelectMany(p => p.Values.ToArray()));
            Assert.Equal(history.Epochs.Skip(2).Select(e => (e.Epoch, e.Loss)), gone.Epochs.Select(e => (e.Epoch, e.Loss)));
            Assert.Equal((3, 1, 15), (steps[0].Epoch, steps[0].Step, steps[0].Steps));
            // After the training the rate is the optimizer's own again, and so is what is saved of it.
            fresh.LearningRate = 0.5;
            fresh.Save(course, rest.Parameters);
            adam.Load(course, whole.Parameters);
            Assert.Equal(0.5, adam.LearningRate);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void An_epoch_without_a_loss_is_not_the_best()
    {
        static EpochResult Epoch(int number, double loss, double? validation) => new(number, loss, validation, TimeSpan.Zero);
        var history = new History();
        history.Add(Epoch(1, 0.1, double.NaN));
        Assert.Equal(1, history.Best.Epoch);
        history.Add(Epoch(2, 0.1, double.PositiveInfinity));
        Assert.Equal(2, history.Best.Epoch);
        foreach (var (number, loss) in ((int, double)[])[(3, 0.5), (4, 0.25), (5, double.NaN), (6, 0.25)]) history.Add(Epoch(number, 0.1, loss));
        Assert.Equal(4, history.Best.Epoch);
    }

    [Fact]
    public void StepsAllocateNothing()
    {
        using var model = new LinearModel();
        model.Seen.Capacity = 0;
        long first = 0, last = 0;
        Trainer.Fit(model, Line, new FitOptions
        {
            Epochs = 2, BatchSize = 10,
            OnStep = p =>
            {
                if (p is { Epoch: 2, Step: 2 }) first = GC.GetAllocatedBytesForCurrentThread();
                if (p is { Epoch: 2, Step: 10 }) last = GC.GetAllocatedBytesForCurrentThread();
            },
        });
        Assert.Equal(first, last);
    }

    [Fact]
    public void ANonFiniteLossLeavesTheModelAsItWas()
    {
        using var model = new LinearModel();
        var before = model.Parameters.SelectMany(p => p.Values.ToArray()).ToArray();
        var optimizer = new Adam();
        var data = new Dataset().With("x", [1f, float.NaN]).With("y", [1f, 1]);
        var error = Assert.Throws<NonFiniteLossException>(() => Trainer.Fit(model, data, new FitOptions { Optimizer = optimizer }));
        Assert.Contains("'TrainStep' is NaN in step 0. The model was not changed.", error.Message);
        Assert.Equal(before, model.Parameters.SelectMany(p => p.Values.ToArray()));
        Assert.Equal(0, optimizer.StepCount);
    }

    [Fact]
    public void Validation_data_that_does_not_fit_costs_no_epoch()
    {
        using var model = new LinearModel();
        int steps = 0;
        ArgumentException Error(Dataset validation) => Assert.Throws<ArgumentException>(() => Trainer.Fit(model, Line, new FitOptions { Validation = validation, OnStep = _ => steps++ }));
        Assert.Contains("The validation data does not fit the model, and nothing was trained. The data has no float column 'y'.", Error(new Dataset().With("x", [1f])).Message, StringComparison.Ordinal);
        Assert.Contains("The data has no float column 'x'. Its columns are int 'x' (rows of 1)", Error(new Dataset().With("x", [1]).With("y", [1f])).Message, StringComparison.Ordinal);
        Assert.Contains("'y' has 6 elements, but [N] with N = 2 from 'x' takes 2.", Error(new Dataset().With("x", [1f, 2]).With("y", [1f, 2, 3, 4, 5, 6], rowSize: 3)).Message, StringComparison.Ordinal);
        Assert.Equal(0, steps);
    }

    [Fact]
    public void MistakesAreNamed()
    {
        using var model = new LinearModel();
        Assert.Contains("no examples", Assert.Throws<ArgumentException>(() => Trainer.Fit(model, new Dataset(), new FitOptions())).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Trainer.Fit(model, Line, new FitOptions { BatchSize = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Trainer.Fit(model, Line, new FitOptions { Epochs = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Trainer.Fit(model, Line, new FitOptions { FirstEpoch = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Trainer.Fit(model, Line, new FitOptions { FirstEpoch = int.MaxValue }));
        Assert.Throws<ArgumentException>(() => Trainer.Fit(model, Line, new FitOptions { BatchSize = 101, DropLast = true }));
        var error = Assert.Throws<ArgumentException>(() => Trainer.Fit(model, new Dataset().With("x", [1f]).With("y", [1]), new FitOptions()));
        Assert.Contains("The data has no float column 'y'. Its columns are float 'x' (rows of 1), int 'y' (rows of 1).", error.Message);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => Trainer.Fit(model, Line, new FitOptions { Cancellation = cancelled.Token }));
        model.TrainStep(Line.Batch(0, 2), new Sgd(0));   // the model is free again
    }
}
