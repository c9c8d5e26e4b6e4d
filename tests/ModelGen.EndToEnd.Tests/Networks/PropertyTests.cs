using ModelGen.Execution;
using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.EndToEnd.Tests.Models;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>What holds for every model: no allocation, the same bits for the same seed, and threads that share a model.</summary>
public sealed class PropertyTests
{
    const int Rounds = 5, Steps = 20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_step_allocates_nothing(int threads)
    {
        var (net, optimizer) = (new DigitNet(), new Adam());
        var output = new float[Patterns.Batch * 10];
        using var machine = Machine.With(threads);
        AllocatesNothing("TrainStep", i => net.TrainStep(Patterns.ImagesOf(i), Patterns.LabelsOf(i), optimizer));
        AllocatesNothing("ComputeGradients", i => net.ComputeGradients(Patterns.ImagesOf(i), Patterns.LabelsOf(i)));
        AllocatesNothing("AccumulateGradients", i => net.AccumulateGradients(Patterns.ImagesOf(i), Patterns.LabelsOf(i), 0.5));
        AllocatesNothing("Step", i =>
        {
            net.ComputeGradients(Patterns.ImagesOf(i), Patterns.LabelsOf(i));
            optimizer.Step(net.Parameters);
        });
        AllocatesNothing("Evaluate", i => net.Evaluate(Patterns.ImagesOf(i), Patterns.LabelsOf(i)));
        AllocatesNothing("Predict", i => net.Predict(Patterns.ImagesOf(i), output));
    }

    /// <summary>Whatever generated member comes first, Forward has the model's weights after it.</summary>
    [Fact]
    public void A_constructor_of_its_own_makes_layers_that_have_the_models_weights()
    {
        float[] x = [0.5f, -1, 2, 0.25f], a = new float[4], b = new float[4];
        Action<ConstructedNet>[] first =
        [
            net => net.Predict(x, a, b), net => net.Initialize(3), net => net.TrainStep(x, x, new Sgd(0.1)), net => net.Evaluate(x, x), net => net.Parameters["first.bias"].Values[1] = 7,
        ];
        foreach (var use in first)
        {
            var net = new ConstructedNet();
            use(net);
            var (eager, _) = net.Forward(new Tensor(x, 1, 4));
            net.Predict(x, a, b);
            Near.Equal(Array.ConvertAll(eager.ToArray(), v => (double)v), Array.ConvertAll(a, v => (double)v), "Forward and Predict");
        }
    }

    /// <summary>The tools of training see a loss with all its digits.</summary>
    [Fact]
    public void A_model_in_double_reports_its_loss_in_double()
    {
        var net = new DoubleMlp();
        double[] x = [.. Enumerable.Range(0, 2 * 64).Select(i => Math.Sin(i))];
        int[] y = [0, 1];
        Assert.Equal(net.Evaluate(x, y), Trainer.Evaluate(net, new Dataset().With("image", x, 64).With("label", y)));
    }

    [Fact]
    public void Dropout_and_batch_norm_allocate_nothing()
    {
        var (dropout, norm, optimizer) = (new DropoutNet(), new BatchNormNet(), new Sgd(0.01, momentum: 0.9));
        float[] x = [.. Enumerable.Range(0, 4 * 3 * 36).Select(i => MathF.Sin(i))];
        int[] labels = [0, 1, 2, 3];
        AllocatesNothing("DropoutNet", _ => dropout.TrainStep(x.AsSpan(0, 48), labels, optimizer));
        AllocatesNothing("BatchNormNet", _ => norm.TrainStep(x, labels, optimizer));
    }

    // Each thread of the team is asked for its own count: the test host allocates in threads of its own whenever it likes.
    internal static unsafe void AllocatesNothing(string what, Action<int> call)
    {
        // The first calls fill pools, and jitting allocates.
        for (int i = 0; i < 3; i++) call(i);
        int threads = ModelGenOptions.Threads;
        long* before = stackalloc long[threads], after = stackalloc long[threads];
        WorkerPool.Run(&Count, before, threads);
        for (int i = 0; i < Rounds; i++) call(i);
        WorkerPool.Run(&Count, after, threads);
        for (int t = 0; t < threads; t++) Assert.True(after[t] == before[t], $"{what}: thread {t} of {threads} allocated {after[t] - before[t]} bytes in {Rounds} calls.");

        static void Count(void* counts, Team team) => ((long*)counts)[team.Index] = GC.GetAllocatedBytesForCurrentThread();
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_after_twenty_steps()
    {
        double[] Train(ulong seed, int threads)
        {
            using var machine = Machine.With(threads);
            var (net, optimizer) = (new DigitNet(), new AdamW());
            net.Initialize(seed);
            for (int i = 0; i < Steps; i++) net.TrainStep(Patterns.ImagesOf(i), Patterns.LabelsOf(i), optimizer);
            return Snapshot(net.Parameters);
        }
        var first = Train(11, 1);
        Near.SameBits(first, Train(11, 1), "twice");
        Near.SameBits(first, Train(11, 2), "with two threads");
        Assert.NotEqual(first, Train(12, 1));
    }

    [Fact]
    public void Saved_and_loaded_weights_predict_the_same_bits()
    {
        string path = Path.Combine(Path.GetTempPath(), $"modelgen-{Environment.ProcessId}.safetensors");
        try
        {
            var (net, other) = (new DigitNet(), new DigitNet());
            net.Initialize(4);
            net.Save(path);
            other.Load(path);
            float[] a = new float[160], b = new float[160];
            net.Predict(Patterns.ImagesOf(0), a);
            other.Predict(Patterns.ImagesOf(0), b);
            Assert.Equal(a, b);
            Near.SameBits(Snapshot(net.Parameters), Snapshot(other.Parameters), "weights");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Many_threads_predict_on_one_model()
    {
        var net = new DigitNet();
        var expected = new float[160];
        net.Predict(Patterns.ImagesOf(1), expected);
        using var machine = Machine.With(2);   // those who find the team busy run alone
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            var output = new float[160];
            net.Predict(Patterns.ImagesOf(1), output);
            Assert.Equal(expected, output);
            using var workspace = new Workspace();
            Array.Clear(output);
            net.Predict(Patterns.ImagesOf(1), output, workspace);
            Assert.Equal(expected, output);
        });
    }

    [Fact]
    public void Training_while_predicting_is_refused()
    {
        var net = new DigitNet();
        var state = net.Parameters.State;
        state.Gate.EnterRead("Predict");
        var refused = Assert.Throws<InvalidOperationException>(() => net.TrainStep(Patterns.ImagesOf(0), Patterns.LabelsOf(0), new Sgd()));
        Assert.Equal("'TrainStep' of DigitNet needs the model for itself, but 1 other call ('Predict') is running. Wait until it has returned, or use two models.", refused.Message);
        net.Predict(Patterns.ImagesOf(0), new float[160]);   // readers may
        state.Gate.ExitRead();

        state.Gate.EnterWrite("TrainStep");
        refused = Assert.Throws<InvalidOperationException>(() => net.Predict(Patterns.ImagesOf(0), new float[160]));
        Assert.Equal("'Predict' of DigitNet was called while 'TrainStep' is running, which needs the model for itself. Wait until it has returned, or use two models.", refused.Message);
        state.Gate.ExitWrite();
        net.TrainStep(Patterns.ImagesOf(0), Patterns.LabelsOf(0), new Sgd());
    }

    internal static double[] Snapshot(ParameterSet parameters) => [.. parameters.SelectMany(p => p.Values.ToDoubleArray())];
}
