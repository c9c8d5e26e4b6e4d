using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.EndToEnd.Tests.Models;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>Gradients of several calls, and one update.</summary>
public sealed class AccumulationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Four_quarters_of_a_batch_are_the_batch(bool isClipped)
    {
        Optimizer Create() => isClipped ? new AdamW(0.01) { MaxGradientNorm = 0.5 } : new AdamW(0.01);
        var (whole, parts) = (new DigitNet(), new DigitNet());
        var (optimizer, other) = (Create(), Create());
        for (int step = 0; step < 3; step++)
        {
            double expected = whole.TrainStep(Patterns.ImagesOf(step), Patterns.LabelsOf(step), optimizer), loss = 0;
            for (int part = 0; part < 4; part++)
                loss += parts.AccumulateGradients(Patterns.ImagesOf(step).Slice(part * 4 * 64, 4 * 64), Patterns.LabelsOf(step).Slice(part * 4, 4), weight: 0.25) / 4;
            Assert.Equal(expected, loss, 1e-5);
            other.Step(parts.Parameters);
            foreach (var p in whole.Parameters) Near.Equal(p.Values.ToDoubleArray(), parts.Parameters[p.Name].Values.ToDoubleArray(), $"step {step}: {p.Name}", 1e-3);
        }
        Assert.Equal(3, other.StepCount);
    }

    /// <summary>What the trainer does with a generated model: batches of 4 in groups of 4 are batches of 16, in an order of its own, with a last group that has fewer.</summary>
    [Fact]
    public void The_trainer_accumulates_batches_of_a_compiled_model()
    {
        var data = new Dataset().With("image", Patterns.Images.AsSpan(0, 60 * 64).ToArray(), 64).With("label", Patterns.Labels.AsSpan(0, 60).ToArray());
        (DigitNet Net, Optimizer Optimizer, History History) Train(int batchSize, int accumulate)
        {
            var net = new DigitNet();
            var adam = new AdamW(0.003);
            return (net, adam, Trainer.Fit(net, data, new FitOptions { Epochs = 3, BatchSize = batchSize, Accumulate = accumulate, Optimizer = adam, Seed = 4 }));
        }
        var (whole, parts) = (Train(16, 1), Train(4, 4));
        Assert.Equal(whole.Optimizer.StepCount, parts.Optimizer.StepCount);
        foreach (var (a, b) in whole.History.Epochs.Zip(parts.History.Epochs)) Assert.Equal(a.Loss, b.Loss, 1e-4 * a.Loss);
        foreach (var p in whole.Net.Parameters) Near.Equal(p.Values.ToDoubleArray(), parts.Net.Parameters[p.Name].Values.ToDoubleArray(), p.Name, 5e-3);
    }

    /// <summary>Dropout's masks, running statistics and all: a step in two halves is the step.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_step_in_two_halves_has_the_same_bits(int threads)
    {
        using var machine = Machine.With(threads);
        var (dropout, halves) = (new DropoutNet(), new DropoutNet());
        var (norm, normHalves) = (new BatchNormNet(), new BatchNormNet());
        Optimizer[] optimizers = [.. Enumerable.Range(0, 4).Select(_ => new Adam(0.01) { MaxGradientNorm = 1 })];
        float[] x = [.. Enumerable.Range(0, 4 * 3 * 36).Select(i => MathF.Sin(i))];
        int[] labels = [0, 1, 2, 3];
        for (int step = 0; step < 3; step++)
        {
            dropout.TrainStep(x.AsSpan(0, 48), labels, optimizers[0]);
            halves.AccumulateGradients(x.AsSpan(0, 48), labels);
            optimizers[1].Step(halves.Parameters);
            norm.TrainStep(x, labels, optimizers[2]);
            normHalves.AccumulateGradients(x, labels);
            optimizers[3].Step(normHalves.Parameters);
        }
        Near.SameBits(PropertyTests.Snapshot(dropout.Parameters), PropertyTests.Snapshot(halves.Parameters), "DropoutNet");
        Near.SameBits(PropertyTests.Snapshot(norm.Parameters), PropertyTests.Snapshot(normHalves.Parameters), "BatchNormNet");
    }

    [Fact]
    public void Computing_begins_and_accumulating_adds()
    {
        var net = new RegressionNet();
        float[] a = [1, 2, 3], b = [-1, 0.5f, 2], target = [1];
        double[] Gradients() => [.. net.Parameters.SelectMany(p => p.Gradient.ToDoubleArray())];
        net.ComputeGradients(b, target);
        double[] ofB = Gradients();
        net.ComputeGradients(a, target);
        double[] ofA = Gradients();
        net.AccumulateGradients(b, target, weight: -2);
        Near.Equal([.. ofA.Zip(ofB, (x, y) => x - (2 * y))], Gradients(), "a - 2 b");
        new Sgd(0).Step(net.Parameters);
        net.AccumulateGradients(b, target);
        Near.SameBits(ofB, Gradients(), "after an update the first one begins");
        net.TrainStep(a, target, new Sgd(0));
        net.AccumulateGradients(a, target);
        Near.SameBits(ofA, Gradients(), "after a training step, too");
        Assert.Throws<ArgumentOutOfRangeException>(() => net.AccumulateGradients(a, target, double.NaN));
        Assert.Throws<NonFiniteLossException>(() => net.AccumulateGradients([float.NaN, 0, 0], target));
        Near.SameBits(ofA, Gradients(), "a loss that is not finite adds nothing");
    }

    /// <summary>Two objectives of one step: only what one of them trains is updated.</summary>
    [Fact]
    public void Objectives_add_up()
    {
        var net = new AdversarialNet();
        float[] noise = [.. Enumerable.Range(0, 12).Select(i => MathF.Cos(i))], real = [.. Enumerable.Range(0, 16).Select(i => MathF.Sin(i))];
        double[] Critics() => [.. net.Parameters.Where(p => p.Name.StartsWith("critic", StringComparison.Ordinal)).SelectMany(p => p.Values.ToDoubleArray())];
        double[] Generators() => [.. net.Parameters.Where(p => p.Name.StartsWith("generator", StringComparison.Ordinal)).SelectMany(p => p.Values.ToDoubleArray())];
        double[] critics = Critics(), generators = Generators();
        net.AccumulateGeneratorGradients(noise);
        new Sgd(0.1).Step(net.Parameters);
        Near.SameBits(critics, Critics(), "the critic is not trained");
        Assert.NotEqual(generators, Generators());
        generators = Generators();
        net.AccumulateCriticGradients(noise, real);
        net.AccumulateGeneratorGradients(noise);
        new Sgd(0.1).Step(net.Parameters);
        Assert.NotEqual(critics, Critics());
        Assert.NotEqual(generators, Generators());
    }

    /// <summary>From files, with dropout: the weights, what the optimizer remembers, and the place of the random numbers.</summary>
    [Fact]
    public void A_training_goes_on_with_the_same_bits()
    {
        var folder = Directory.CreateTempSubdirectory("modelgen-");
        try
        {
            string weights = Path.Combine(folder.FullName, "weights"), course = Path.Combine(folder.FullName, "course");
            float[] x = [.. Enumerable.Range(0, 48).Select(i => MathF.Sin(i))];
            int[] labels = [0, 1, 2, 3];
            var (net, again) = (new DropoutNet(), new DropoutNet());
            net.Initialize(8);
            var (adam, later) = (new Adam(0.01), new Adam());
            for (int i = 0; i < 5; i++) net.TrainStep(x, labels, adam);
            net.Save(weights);
            adam.Save(course, net.Parameters);
            again.Load(weights);
            later.Load(course, again.Parameters);
            for (int i = 0; i < 5; i++) Assert.Equal(net.TrainStep(x, labels, adam), again.TrainStep(x, labels, later));
            Near.SameBits(PropertyTests.Snapshot(net.Parameters), PropertyTests.Snapshot(again.Parameters), "weights");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>L-BFGS over a compiled model: a small network learns eight points by heart.</summary>
    [Fact]
    public void A_full_batch_is_minimised()
    {
        var net = new RegressionNet();
        float[] x = [.. Enumerable.Range(0, 24).Select(i => MathF.Sin(i * 1.7f))], target = [.. Enumerable.Range(0, 8).Select(i => MathF.Cos(i * 2.3f))];
        double before = net.Evaluate(x, target);
        var result = new Lbfgs { MaxIterations = 200 }.Minimize(net.Parameters, () => net.ComputeGradients(x, target));
        Assert.True(result.Loss < 1e-3 * before, $"{before} -> {result}");
        Assert.Equal(result.Loss, net.Evaluate(x, target), 1e-6);
    }
}
