using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Spec;
using ModelGen.EndToEnd.Tests.Harness;
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
        foreach (string name in new[] { "MixedMlp", "HalfMlp", "MixedConvNet", "MixedGpt", "MixedLstm" })
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
