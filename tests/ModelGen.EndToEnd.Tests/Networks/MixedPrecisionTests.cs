using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Spec;
using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.EndToEnd.Tests.Models;
using ModelGen.Execution;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>
/// Models with factors of 16 bits: results, losses, gradients and new weights equal the reference, whose graph says what is rounded, and the eager run, in all widths
/// and with the same bits for every number of threads.
/// </summary>
public sealed class MixedPrecisionTests
{
    // A float32 and the reference's double may lie on different sides of a middle between two numbers of 16 bits. That is rare, and then one of many terms is off by
    // one step of 2⁻⁸ of its size; rounding nothing would put all of them off by about as much.
    // The gradient of a bias of an attention's keys is nothing but such rests.
    const double Tolerance = 5e-3;

    public static TheoryData<string, int> Cases { get; } = AllCases();

    static TheoryData<string, int> AllCases()
    {
        var data = new TheoryData<string, int>();
        foreach (string name in new[] { "MixedMlp", "HalfMlp", "MixedConvNet", "MixedGpt", "MixedLstm", "MixedRecomputingNet", "MixedWideNet" })
            foreach (int batch in new[] { 1, 2, 3, 17 }) data.Add(name, batch);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Predict_equals_the_reference_and_the_eager_run(string name, int batch)
    {
        var (spec, model) = Create(name);
        var inputs = CompiledNetworks.Inputs(spec, "Forward", batch);
        var expected = new Oracle(spec, model.Parameters, inputs).Predict();
        using (EagerMode.MixedPrecision(Format(spec))) Near("eager", expected[0], model.Forward(inputs)[0].ToDoubleArray());
        int[] lengths = [.. expected.Select(e => e.Length)];
        foreach (var width in Machine.Widths)
            using (Machine.With(width)) Near($"{width}", expected[0], model.Predict(inputs, lengths)[0]);
        SameForAllTeams("Predict", () => model.Predict(inputs, lengths)[0]);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_training_step_equals_the_reference(string name, int batch)
    {
        var (spec, model) = Create(name);
        model.Initialize(5);
        var inputs = CompiledNetworks.Inputs(spec, "Loss", batch);
        var oracle = new Oracle(spec, model.Parameters, inputs, seed: 5);
        double evaluated = oracle.Evaluate("Loss");
        var expected = oracle.Train("Loss");
        using (EagerMode.MixedPrecision(Format(spec)))
        {
            Near("eager loss", [evaluated], model.Loss("Loss", inputs).ToDoubleArray());
            using (EagerMode.Training(seed: 5)) Near("eager loss in training", [expected.Loss], model.Loss("Loss", inputs).ToDoubleArray());
        }
        foreach (var width in Machine.Widths)
            using (Machine.With(width))
            {
                Near($"{width} Evaluate", [evaluated], [model.Evaluate("Loss", inputs)]);
                Near($"{width} loss", [expected.Loss], [model.ComputeGradients("Loss", inputs)]);
                foreach (var (path, gradient) in expected.Gradients) Near($"{width}: gradient of {path}", gradient, model.Parameters[path].Gradient.ToDoubleArray());
            }
        SameForAllTeams("gradients", () => [model.ComputeGradients("Loss", inputs), .. expected.Gradients.Keys.SelectMany(p => model.Parameters[p].Gradient.ToDoubleArray())]);

        var before = model.Parameters.ToDictionary(p => p.Name, p => p.Values.ToDoubleArray());
        Near("TrainStep", [expected.Loss], [model.TrainStep("Loss", inputs, new Sgd(0.5))]);
        foreach (var (path, gradient) in expected.Gradients)
            Near($"new {path}", [.. before[path].Zip(gradient, (w, g) => w - (0.5 * g))], model.Parameters[path].Values.ToDoubleArray());
    }

    /// <summary>What the tolerance would hide is not there: without rounding the results are farther off than with it.</summary>
    [Theory]
    [InlineData("MixedMlp")]
    [InlineData("MixedConvNet")]
    [InlineData("MixedGpt")]
    public void Rounding_happens(string name)
    {
        var (spec, model) = Create(name);
        var inputs = CompiledNetworks.Inputs(spec, "Forward", 17);
        var rounded = new Oracle(spec, model.Parameters, inputs).Predict()[0];
        var exact = new Oracle(spec with { Storage = null }, model.Parameters, inputs).Predict()[0];
        var actual = model.Predict(inputs, [rounded.Length])[0];
        Assert.True(Distance(exact, actual) > 5 * Distance(rounded, actual), $"{Distance(exact, actual)} from the unrounded result, {Distance(rounded, actual)} from the rounded one");
    }

    /// <summary>The rounded numbers take 16 bits, and they are more than what is there in both forms for a while, even in a net as small as this.</summary>
    [Fact]
    public void The_workspace_of_a_training_step_is_smaller()
    {
        var spec = CompiledNetworks.Assembly.Spec("MixedGpt");
        double rounded = Workspace(spec), exact = Workspace(spec with { Storage = null });
        Assert.True(rounded < exact, $"{rounded} elements of workspace for 32 examples, {exact} without rounding");

        static double Workspace(ModelSpec spec) => Compiler.ModelCompiler.Steps(spec).Steps.First(s => s.Kind == Compiler.Codegen.StepKind.Train).Memory.WorkspaceElements.Evaluate(_ => 32);
    }

    /// <summary>Training goes as well as in float32, with the small gradients of float16 scaled.</summary>
    [Theory]
    [InlineData("ExactMlp", false)]
    [InlineData("MixedMlp", false)]
    [InlineData("HalfSmoothMlp", true)]
    public void Training_reaches_the_loss_of_float32(string name, bool scales)
    {
        var (spec, model) = Create(name);
        model.Initialize(1);
        var inputs = CompiledNetworks.Inputs(CompiledNetworks.Assembly.Spec("ExactMlp"), "Loss", 32);
        var optimizer = new Adam(3e-3) { LossScaling = scales ? LossScaling.Dynamic() : null };
        for (int i = 0; i < 200; i++) model.TrainStep("Loss", inputs, optimizer);
        double loss = model.Evaluate("Loss", inputs);
        Assert.True(loss < 0.05, $"{name}: {loss} after 200 steps");
        Assert.Equal(200, optimizer.StepCount + (optimizer.LossScaling?.SkippedSteps ?? 0));
        Assert.NotNull(spec);
    }

    /// <summary>The gradients of a scaled step are those of an unscaled one: powers of 2 lose nothing while nothing overflows.</summary>
    [Fact]
    public void A_constant_scale_changes_no_weight()
    {
        var (spec, model) = Create("MixedMlp");
        var inputs = CompiledNetworks.Inputs(spec, "Loss", 5);
        model.TrainStep("Loss", inputs, new Sgd(0.5));
        var expected = Values(model);
        model.Initialize(3);
        model.TrainStep("Loss", inputs, new Sgd(0.5) { LossScaling = LossScaling.Constant(1024) });
        Harness.Near.SameBits(expected, Values(model), "weights");
    }

    /// <summary>A step whose gradients are not finite is not made, by nobody and nothing; the scale halves.</summary>
    [Fact]
    public void A_dynamic_scale_that_is_too_large_halves()
    {
        var (spec, model) = Create("HalfMlp");
        var inputs = CompiledNetworks.Inputs(spec, "Loss", 5);
        var scaling = LossScaling.Dynamic(start: Math.ScaleB(1, 40), growthInterval: 3);
        var optimizer = new Adam(1e-3) { LossScaling = scaling };
        var before = Values(model);
        model.TrainStep("Loss", inputs, optimizer);
        Harness.Near.SameBits(before, Values(model), "weights after a step that was not made");
        Assert.Equal((Math.ScaleB(1, 39), 1, 0), (scaling.Scale, scaling.SkippedSteps, optimizer.StepCount));
        while (optimizer.StepCount == 0) model.TrainStep("Loss", inputs, optimizer);
        double found = scaling.Scale;
        Assert.InRange(found, 2, Math.ScaleB(1, 30));
        model.TrainStep("Loss", inputs, optimizer);
        Assert.Equal(found, scaling.Scale);
        model.TrainStep("Loss", inputs, optimizer);
        Assert.Equal(2 * found, scaling.Scale);
    }

    [Fact]
    public void A_constant_scale_that_is_too_large_is_an_error()
    {
        var (spec, model) = Create("HalfMlp");
        var inputs = CompiledNetworks.Inputs(spec, "Loss", 5);
        var before = Values(model);
        var thrown = Assert.Throws<NonFiniteGradientException>(() => model.TrainStep("Loss", inputs, new Sgd(0.1) { LossScaling = LossScaling.Constant(Math.ScaleB(1, 40)) }));
        Assert.Contains("loss scale of 1099511627776", thrown.Message, StringComparison.Ordinal);
        Harness.Near.SameBits(before, Values(model), "weights");
    }

    [Fact]
    public void Scaling_needs_a_model_that_rounds()
    {
        var (spec, model) = Create("ExactMlp");
        var inputs = CompiledNetworks.Inputs(spec, "Loss", 5);
        var thrown = Assert.Throws<InvalidOperationException>(() => model.TrainStep("Loss", inputs, new Sgd(0.1) { LossScaling = LossScaling.Dynamic() }));
        Assert.Contains("ExactMlp rounds nothing to 16 bits", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => LossScaling.Constant(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LossScaling.Dynamic(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LossScaling.Dynamic(growthInterval: 0));
    }

    /// <summary>From files: the weights, what the optimizer remembers, and how the scale has come about. The training goes on with the same bits, steps that are not made included.</summary>
    [Fact]
    public void A_scaled_training_goes_on_with_the_same_bits()
    {
        var folder = Directory.CreateTempSubdirectory("modelgen-");
        try
        {
            string weights = Path.Combine(folder.FullName, "weights"), course = Path.Combine(folder.FullName, "course");
            Adam Scaled() => new(1e-3) { LossScaling = LossScaling.Dynamic(start: Math.ScaleB(1, 30), growthInterval: 4) };
            var (net, again) = (new HalfMlp(), new HalfMlp());
            net.Initialize(8);
            float[] x = [.. Enumerable.Range(0, 5 * 19).Select(i => MathF.Sin(i))];
            int[] labels = [0, 1, 2, 0, 1];
            var (adam, later) = (Scaled(), Scaled());
            while (adam.StepCount < 6) net.TrainStep(x, labels, adam);
            Assert.True(adam.LossScaling!.SkippedSteps > 0);
            net.Save(weights);
            adam.Save(course, net.Parameters);
            again.Load(weights);
            later.Load(course, again.Parameters);
            Assert.Equal((adam.LossScaling.Scale, adam.LossScaling.SkippedSteps), (later.LossScaling!.Scale, later.LossScaling.SkippedSteps));
            // Long enough for the scale to double, which shows that the good steps were counted on.
            for (int i = 0; i < 9; i++)
            {
                Assert.Equal(net.TrainStep(x, labels, adam), again.TrainStep(x, labels, later));
                Assert.Equal((adam.LossScaling.Scale, adam.StepCount), (later.LossScaling.Scale, later.StepCount));
            }
            Harness.Near.SameBits(PropertyTests.Snapshot(net.Parameters), PropertyTests.Snapshot(again.Parameters), "weights");

            // A constant scale is a setting, which a file does not change.
            var constant = new Adam(1e-3) { LossScaling = LossScaling.Constant(128) };
            constant.Load(course, again.Parameters);
            Assert.Equal(128, constant.LossScaling!.Scale);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What is computed again is rounded as it was: both have the same gradients but for the order of sums, and the recomputing one needs less memory still.</summary>
    [Fact]
    public void Recomputed_layers_round_alike()
    {
        var ((spec, keeping), (_, recomputing)) = (Create("MixedKeepingNet"), Create("MixedRecomputingNet"));
        var inputs = CompiledNetworks.Inputs(spec, "Loss", 7);
        Near("loss", [keeping.ComputeGradients("Loss", inputs)], [recomputing.ComputeGradients("Loss", inputs)]);
        foreach (var parameter in keeping.Parameters) Near(parameter.Name, parameter.Gradient.ToDoubleArray(), recomputing.Parameters[parameter.Name].Gradient.ToDoubleArray());
        Assert.True(Elements("MixedRecomputingNet") < Elements("MixedKeepingNet"), $"{Elements("MixedRecomputingNet")} elements at batch 64 with recomputation, {Elements("MixedKeepingNet")} without");
        Assert.True(Elements("MixedKeepingNet") < Elements("KeepingNet"), $"{Elements("MixedKeepingNet")} elements at batch 64 with 16 bits, {Elements("KeepingNet")} without");

        static double Elements(string name) =>
            Compiler.ModelCompiler.Steps(CompiledNetworks.Assembly.Spec(name)).Steps.First(s => s.Kind == Compiler.Codegen.StepKind.Train).Memory.WorkspaceElements.Evaluate(_ => 64);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Pieces_of_a_stream_equal_the_whole(int piece)
    {
        const int Batch = 3, Steps = 8;
        var net = new MixedStreamNet();
        net.Initialize(3);
        float[] x = [.. Enumerable.Range(0, Batch * Steps * 3).Select(i => MathF.Cos(i * 1.3f))], sequence = new float[Batch * Steps * 5], newest = new float[Batch * 3];
        net.Predict(x, sequence, newest, N: Batch, T: Steps);
        using var stream = net.StartStreaming(Batch);
        var last = new float[Batch * 3];
        for (int from = 0; from < Steps; from += piece)
        {
            var y = new float[Batch * piece * 5];
            stream.Predict([.. Enumerable.Range(0, Batch).SelectMany(n => x.Skip(((n * Steps) + from) * 3).Take(piece * 3))], y, last);
            Near($"steps from {from}", [.. Enumerable.Range(0, Batch).SelectMany(n => sequence.Skip(((n * Steps) + from) * 5).Take(piece * 5)).Select(v => (double)v)], [.. y.Select(v => (double)v)]);
        }
        Near("scores", [.. newest.Select(v => (double)v)], [.. last.Select(v => (double)v)]);
    }

    /// <summary>Keys and values of a session are float32, and the products that make them have rounded factors, as in Predict.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Decoding_equals_predicting(int batch)
    {
        const int Length = 12, Vocabulary = 11;
        var net = new MixedGpt();
        net.Initialize(3);
        int[] tokens = [.. Enumerable.Range(0, batch * Length).Select(i => ((i * i) + (3 * i)) % Vocabulary)];
        float[] whole = new float[batch * Length * Vocabulary], result = new float[batch * Vocabulary];
        net.Predict(tokens, whole);
        using var session = net.StartDecoding(batch: batch);
        foreach (int chunk in new[] { 5, 1, 1, 2, 1, 1, 1 })
        {
            int from = session.Position;
            session.Decode([.. Enumerable.Range(0, batch).SelectMany(n => tokens.Skip((n * Length) + from).Take(chunk))], result);
            Near($"position {session.Position - 1}", [.. Enumerable.Range(0, batch).SelectMany(n => whole.Skip(((n * Length) + session.Position - 1) * Vocabulary).Take(Vocabulary)).Select(v => (double)v)],
                [.. result.Select(v => (double)v)]);
        }
    }

    /// <summary>Gradients of a call that knows no optimizer are true gradients, whatever scale the training has.</summary>
    [Fact]
    public void Computed_gradients_are_not_scaled()
    {
        var (spec, model) = Create("HalfSmoothMlp");
        var inputs = CompiledNetworks.Inputs(spec, "Loss", 5);
        double[] Gradients()
        {
            model.ComputeGradients("Loss", inputs);
            return [.. model.Parameters.SelectMany(p => p.Gradient.ToDoubleArray())];
        }
        var before = Gradients();
        model.TrainStep("Loss", inputs, new Sgd(0) { LossScaling = LossScaling.Constant(1024) });
        Harness.Near.SameBits(before, Gradients(), "gradients");
    }

    /// <summary>Batches of an update that is made of several are scaled alike, and their sum is divided by the scale; an overflow in one of them leaves out the whole update.</summary>
    [Fact]
    public void Accumulated_batches_are_scaled()
    {
        float[] x = [.. Enumerable.Range(0, 32 * 19).Select(i => MathF.Sin(i))];
        int[] labels = [.. Enumerable.Range(0, 32).Select(i => i % 3)];
        var data = new Dataset().With("x", x, 19).With("label", labels);
        (HalfSmoothMlp Net, Adam Optimizer) Train(int batchSize, int accumulate, LossScaling? scaling)
        {
            var net = new HalfSmoothMlp();
            net.Initialize(2);
            var adam = new Adam(1e-3) { LossScaling = scaling };
            Trainer.Fit(net, data, new FitOptions { Epochs = 4, BatchSize = batchSize, Accumulate = accumulate, Optimizer = adam, Shuffle = false });
            return (net, adam);
        }
        var (whole, _) = Train(16, 1, LossScaling.Constant(256));
        var (parts, _) = Train(4, 4, LossScaling.Constant(256));
        // Adam divides by the roots of squares: a small gradient that is rounded a little differently moves a weight by a share of the rate.
        foreach (var p in whole.Parameters) Near(p.Name, p.Values.ToDoubleArray(), parts.Parameters[p.Name].Values.ToDoubleArray());

        var (_, adam) = Train(4, 4, LossScaling.Dynamic(start: Math.ScaleB(1, 40), growthInterval: 1000));
        Assert.Equal(8, adam.StepCount + adam.LossScaling!.SkippedSteps);
        Assert.True(adam.LossScaling.SkippedSteps > 0);
        Assert.Equal(Math.ScaleB(1, 40 - (int)adam.LossScaling.SkippedSteps), adam.LossScaling.Scale);
        Assert.Throws<NonFiniteGradientException>(() => Train(4, 4, LossScaling.Constant(Math.ScaleB(1, 40))));
        // The model's own calls are not scaled afterwards.
        whole.ComputeGradients(x, labels);
        var expected = PropertyTests.Snapshot(whole.Parameters);
        whole.AccumulateGradients(x, labels, -1);
        Assert.All(whole.Parameters, p => Assert.All(p.Gradient.ToDoubleArray(), g => Assert.Equal(0, g, 1e-9)));
        Harness.Near.SameBits(expected, PropertyTests.Snapshot(whole.Parameters), "weights");
    }

    static double[] Values(ICompiledModel model) => [.. model.Parameters.SelectMany(p => p.Values.ToDoubleArray())];

    static void Near(string what, double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double distance = Distance(expected, actual);
        Assert.True(distance <= Tolerance, $"{what}: {distance} apart, of {expected.Length} elements");
    }

    // Relative, in the Euclidean norm; a gradient that is 0 but for rounding (of a bias of keys) has nothing to be compared with but the others.
    static double Distance(double[] expected, double[] actual) =>
        Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum()) / Math.Max(2e-2, Math.Sqrt(expected.Sum(e => e * e)));

    static StorageFormat Format(ModelSpec spec) => spec.Storage == DType.BFloat16 ? StorageFormat.BFloat16 : StorageFormat.Float16;

    static void SameForAllTeams(string what, Func<double[]> run)
    {
        double[] alone;
        using (Machine.With(1)) alone = run();
        foreach (int threads in new[] { 2, 3 })
            using (Machine.With(threads)) Harness.Near.SameBits(alone, run(), $"{what} with {threads} threads");
    }

    static (ModelSpec Spec, ICompiledModel Model) Create(string name)
    {
        var model = CompiledNetworks.Assembly.Create(name);
        model.Initialize(3);
        return (CompiledNetworks.Assembly.Spec(name), model);
    }
}
