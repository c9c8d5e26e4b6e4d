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
    const double Tolerance = 1e-3;

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

    static void Near(string what, double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double distance = Distance(expected, actual);
        Assert.True(distance <= Tolerance, $"{what}: {distance} apart, of {expected.Length} elements");
    }

    // Relative, in the Euclidean norm; a gradient that is nearly 0 has nothing to be compared with but 0.
    static double Distance(double[] expected, double[] actual) =>
        Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum()) / Math.Max(1e-3, Math.Sqrt(expected.Sum(e => e * e)));

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
