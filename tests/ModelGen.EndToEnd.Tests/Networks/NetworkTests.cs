using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Spec;
using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.Execution;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>
/// Whole networks: results, losses, gradients, new weights and states equal the reference and the eager run of the same class, for batches of any
/// size, in all widths, and with the same bits for every number of threads.
/// </summary>
public sealed class NetworkTests
{
    static readonly int[] teams = [2, 3];
    static readonly string[] names =
    [
        "Mlp", "DoubleMlp", "SmallConvNet", "ResidualNet", "BatchNormNet", "ConvForms", "FrozenNet", "DropoutNet", "SequenceNet", "TwoHeads", "SharedNet", "RegressionNet",
        "BinaryNet", "AdversarialNet", "WideNet", "PartsNet", "DoubleFunctions", "TinyGpt", "RotaryNet", "LstmNet", "RecurrentNet", "NoiseNet", "WindowNet",
        "TranslationNet", "EncoderDecoderNet", "CellNet", "ScanNet", "ScanForms", "NestedScan", "StreamNet", "VideoNet", "NormedNet", "PaddedNet", "VolumeNet",
        "IndexNet", "DoubleIndexNet", "ShuffleNet", "HeatNet", "OscillatorNet", "ProductsNet", "RecomputingNet", "WassersteinNet",
        "SpatialTransformerNet", "SegmentNet",
        "GaussianProcessNet", "SpectralNet",
        "RecurrentSlopeNet", "ScanSlopeNet", "PoolSlopeNet", "EquilibriumNet", "HaltingNet",
    ];

    public static TheoryData<string> Names { get; } = [.. names];

    /// <summary>Those that give something for each row of a batch: not sums of rows.</summary>
    public static TheoryData<string> NamesOfRows { get; } = [.. names.Where(n => n != "SegmentNet")];

    public static TheoryData<string, int> Batches { get; } = AllBatches();

    static TheoryData<string, int> AllBatches()
    {
        var data = new TheoryData<string, int>();
        foreach (string name in names)
            foreach (int batch in new[] { 1, 2, 3, 17 }) data.Add(name, batch);
        return data;
    }

    static double Tolerance(ModelSpec spec) => spec.Precision == DType.Float64 ? 1e-13 : Near.Float32;

    [Theory]
    [MemberData(nameof(Batches))]
    public void Predict_equals_the_reference(string name, int batch)
    {
        var (spec, model) = Create(name);
        var inputs = CompiledNetworks.Inputs(spec, "Forward", batch);
        var expected = new Oracle(spec, model.Parameters, inputs).Predict();
        Compare("eager", [.. model.Forward(inputs).Select(t => t.ToDoubleArray())]);
        int[] lengths = [.. expected.Select(e => e.Length)];
        // Widths differ in how they end a row: one batch shows it.
        foreach (var width in batch == 3 ? Machine.Widths : [Simd.Width])
            using (Machine.With(width)) Compare($"{width}", model.Predict(inputs, lengths));
        SameForAllTeams("Predict", () => [.. model.Predict(inputs, lengths).SelectMany(v => v)]);

        void Compare(string what, double[][] actual)
        {
            for (int i = 0; i < expected.Length; i++) Near.Equal(expected[i], actual[i], $"{what}: {spec.Functions[0].OutputNames[i]}", Tolerance(spec));
        }
    }

    [Theory]
    [MemberData(nameof(Batches))]
    public void A_training_step_equals_the_reference(string name, int batch)
    {
        var (spec, model) = Create(name);
        foreach (var objective in spec.Functions.Where(f => f.Kind == FunctionKind.Objective)) Check(model, spec, objective, batch);
    }

    static void Check(ICompiledModel model, ModelSpec spec, FunctionSpec function, int batch)
    {
        string objective = function.Name;
        double tolerance = Tolerance(spec);
        model.Initialize(5);   // the seed of dropout, too; steps count from 0 again
        var inputs = CompiledNetworks.Inputs(spec, objective, batch);
        var oracle = new Oracle(spec, model.Parameters, inputs, seed: 5);
        double evaluated = oracle.Evaluate(objective);
        using (EagerMode.Inference(seed: 5)) Near.Equal(evaluated, model.Loss(objective, inputs).ToDoubleArray()[0], $"eager {objective}", tolerance);
        var expected = oracle.Train(objective);
        using (EagerMode.Training(seed: 5)) Near.Equal(expected.Loss, model.Loss(objective, inputs).ToDoubleArray()[0], $"eager {objective} in training", tolerance);
        foreach (var width in batch == 3 ? Machine.Widths : [Simd.Width])
            using (Machine.With(width))
            {
                Near.Equal(evaluated, model.Evaluate(objective, inputs), $"{width} Evaluate {objective}", tolerance);
                Near.Equal(expected.Loss, model.ComputeGradients(objective, inputs), $"{width} {objective}", tolerance);
                foreach (var (path, gradient) in expected.Gradients) Near.Equal(gradient, model.Parameters[path].Gradient.ToDoubleArray(), $"{width} {objective}: gradient of {path}", tolerance);
            }
        SameForAllTeams(objective, () => [model.ComputeGradients(objective, inputs), .. expected.Gradients.Keys.SelectMany(p => model.Parameters[p].Gradient.ToDoubleArray())]);

        var before = model.Parameters.ToDictionary(p => p.Name, p => p.Values.ToDoubleArray());
        double loss = model.TrainStep(objective, inputs, new Sgd(0.5));
        Near.Equal(expected.Loss, loss, "TrainStep", tolerance);
        foreach (var parameter in model.Parameters)
        {
            var after = parameter.Values.ToDoubleArray();
            if (expected.Gradients.TryGetValue(parameter.Name, out var gradient)) Near.Equal([.. before[parameter.Name].Zip(gradient, (w, g) => w - (0.5 * g))], after, $"{objective}: new {parameter.Name}", tolerance);
            else if (expected.Updates.TryGetValue(parameter.Name, out var state)) Near.Equal(state, after, $"{objective}: new {parameter.Name}", tolerance);
            else Near.SameBits(before[parameter.Name], after, $"{objective} does not train {parameter.Name}");
        }
    }

    /// <summary>Another step drops other elements, and the eager run drops the same ones.</summary>
    [Fact]
    public void Dropout_depends_on_seed_and_step()
    {
        var (spec, model) = Create("DropoutNet");
        model.Initialize(9);
        var inputs = CompiledNetworks.Inputs(spec, "Loss", 8);
        var losses = new List<double>();
        for (int step = 0; step < 3; step++)
        {
            using (EagerMode.Training(seed: 9, step)) Near.Equal(model.Loss("Loss", inputs).ToDoubleArray()[0], model.ComputeGradients("Loss", inputs), $"step {step}");
            losses.Add(model.TrainStep("Loss", inputs, new Sgd(0)));
        }
        Assert.Equal(3, losses.Distinct().Count());
        model.Initialize(9);
        Assert.Equal(losses[0], model.TrainStep("Loss", inputs, new Sgd(0)));
    }

    /// <summary>The rows of a batch do not know each other.</summary>
    [Theory]
    [MemberData(nameof(NamesOfRows))]
    public void A_large_batch_equals_its_rows(string name)
    {
        const int batch = 64;
        var (spec, model) = Create(name);
        var inputs = CompiledNetworks.Inputs(spec, "Forward", batch);
        int[] lengths = [.. FunctionOutputs(spec, batch, inputs)];
        var together = model.Predict(inputs, lengths);
        for (int row = 0; row < batch; row += 9)
        {
            var one = new ModelInputs(spec).Bind("N", 1).Bind("T", 5);
            foreach (var input in spec.Functions[0].Inputs)
            {
                int size = inputs[input.Name].Length / batch;
                one.Add(input, inputs[input.Name].Data.AsSpan(row * size, size).ToArray());
            }
            var alone = model.Predict(one, [.. lengths.Select(l => l / batch)]);
            for (int i = 0; i < lengths.Length; i++)
                Near.Equal(alone[i], together[i].AsSpan(row * alone[i].Length, alone[i].Length).ToArray(), $"row {row}", Tolerance(spec));
        }
    }

    static IEnumerable<int> FunctionOutputs(ModelSpec spec, int batch, ModelInputs inputs)
    {
        var graph = Compiler.Lowering.FunctionLowering.Build(spec, spec.Functions[0], training: false);
        return graph.Outputs.Select(o => checked((int)o.Value.Shape.Elements.Evaluate(inputs.Symbol)));
    }

    static void SameForAllTeams(string what, Func<double[]> run)
    {
        double[] alone;
        using (Machine.With(1)) alone = run();
        foreach (int threads in teams)
            using (Machine.With(threads)) Near.SameBits(alone, run(), $"{what} with {threads} threads");
    }

    static (ModelSpec Spec, ICompiledModel Model) Create(string name)
    {
        var model = CompiledNetworks.Assembly.Create(name);
        model.Initialize(3);
        return (CompiledNetworks.Assembly.Spec(name), model);
    }
}
