using Microsoft.CodeAnalysis;
using ModelGen.Compiler.Lowering;
using ModelGen.Compiler.Spec;
using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.EndToEnd.Tests.Models;
using ModelGen.Testing.Roslyn;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>Gradients of single examples are those of batches of one, whatever the team; and what is built of them.</summary>
public sealed class PerExampleTests
{
    const int Batch = 5;

    // These take statistics or sums over the batch back to each example, draw an order of its examples, or add them up by segment.
    static readonly string[] mixing = ["BatchNormNet.Loss", "VolumeNet.Loss", "ShuffleNet.Loss", "IndexNet.Loss", "DoubleIndexNet.Loss", "ProductsNet.Penalty", "SegmentNet.Loss"];

    [Theory]
    [MemberData(nameof(NetworkTests.Names), MemberType = typeof(NetworkTests))]
    public void Each_is_that_of_a_batch_of_one(string name)
    {
        var spec = CompiledNetworks.Assembly.Spec(name);
        var model = CompiledNetworks.Assembly.Create(name);
        model.Initialize(5);
        foreach (var function in spec.Functions.Where(f => f.Kind == FunctionKind.Objective))
        {
            var axis = ExampleAxis.Of(function, FunctionLowering.Build(spec, function, training: true));
            Assert.True(mixing.Contains($"{name}.{function.Name}") == axis.Symbol is null, $"{name}.{function.Name}: {axis.Reason ?? "has examples"}");
            if (axis.Symbol is not { } symbol) continue;
            Assert.Equal("N", symbol);
            bool draws = CompiledNetworks.Assembly.Files.Any(f => f.Key.EndsWith($"{name}.g.cs", StringComparison.Ordinal) && f.Value.Contains("PerExampleSeed", StringComparison.Ordinal));
            var inputs = CompiledNetworks.Inputs(spec, function.Name, Batch);
            using var examples = new PerExampleGradients();
            using var teams = new PerExampleGradients();
            double loss = model.ComputePerExampleGradients(function.Name, inputs, examples);
            double[] mean = Gradients(model);
            using (Machine.With(2)) Assert.Equal(loss, model.ComputePerExampleGradients(function.Name, inputs, teams));
            Near.SameBits(mean, Gradients(model), "on two threads");
            Assert.Equal(Batch, examples.Count);
            Near.Equal(loss, examples.Losses.ToArray().Average(), "mean loss", 1e-6);
            for (int i = 0; i < Batch; i++)
            {
                // The second example and the next draw numbers of their own.
                if (draws && i > 0) break;
                double alone = model.ComputeGradients(function.Name, Row(spec, function, axis, inputs, i));
                Assert.Equal(alone, examples.Losses[i]);
                double squares = 0;
                foreach (var parameter in model.Parameters.Where(p => p.IsTrainable && !p.IsFrozen))
                {
                    if (function.UpdatedLayers.Count > 0 && !function.UpdatedLayers.Any(l => parameter.Name.StartsWith(l + ".", StringComparison.Ordinal))) continue;
                    double[] expected = parameter.Gradient.ToDoubleArray(), own = new double[parameter.Length], other = new double[parameter.Length];
                    examples.CopyTo(i, parameter.Name, own);
                    teams.CopyTo(i, parameter.Name, other);
                    Near.SameBits(expected, own, $"{name}: {parameter.Name} by example {i}");
                    Near.SameBits(own, other, "on two threads");
                    squares += own.Sum(g => g * g);
                }
                Near.Equal(Math.Sqrt(squares), examples.Norms[i], $"norm {i}", 1e-5);
            }
        }
    }

    static ModelInputs Row(ModelSpec spec, FunctionSpec function, ExampleAxis axis, ModelInputs inputs, int row)
    {
        var one = new ModelInputs(spec).Bind("N", 1).Bind("T", 5);
        foreach (var input in function.Inputs)
        {
            double[] data = inputs[input.Name].Data;
            int length = data.Length / Batch;
            one.Add(input, axis.IsOf(input) ? data[(row * length)..((row + 1) * length)] : data);
        }
        return one;
    }

    static double[] Gradients(ICompiledModel model) => [.. model.Parameters.Where(p => p.IsTrainable && !p.IsFrozen).SelectMany(p => p.Gradient.ToDoubleArray())];

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public void Their_mean_is_the_gradient_of_the_batch(int threads, bool keeps)
    {
        using var machine = Machine.With(threads);
        var net = new DigitNet();
        using var examples = new PerExampleGradients { KeepsGradients = keeps };
        double expected = net.ComputeGradients(Patterns.ImagesOf(0), Patterns.LabelsOf(0));
        double[] batch = Gradients(net);
        Near.Equal(expected, net.ComputePerExampleGradients(Patterns.ImagesOf(0), Patterns.LabelsOf(0), examples), "loss");
        Near.Equal(batch, Gradients(net), "gradients");

        // They wait for an update, as those of the batch do.
        var other = new DigitNet();
        other.TrainStep(Patterns.ImagesOf(0), Patterns.LabelsOf(0), new Sgd(0.1));
        new Sgd(0.1).Step(net.Parameters);
        Near.Equal(PropertyTests.Snapshot(other.Parameters), PropertyTests.Snapshot(net.Parameters), "weights");
    }

    static double[] Gradients(DigitNet net) => [.. net.Parameters.SelectMany(p => p.Gradient.ToDoubleArray())];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_is_limited_by_its_own_norm(bool keeps)
    {
        var net = new DigitNet();
        using var examples = new PerExampleGradients();
        net.ComputePerExampleGradients(Patterns.ImagesOf(0), Patterns.LabelsOf(0), examples);
        double limit = examples.Norms.ToArray().Order().ElementAt(Patterns.Batch / 2);   // some are above it
        var parameter = net.Parameters["output.weight"];
        var all = new double[Patterns.Batch * parameter.Length];
        examples.CopyTo(parameter.Name, all);
        var expected = new double[parameter.Length];
        for (int i = 0; i < all.Length; i++) expected[i % parameter.Length] += Math.Min(1, limit / examples.Norms[i / parameter.Length]) * all[i] / Patterns.Batch;

        using var limited = new PerExampleGradients { MaxNorm = limit, KeepsGradients = keeps };
        net.ComputePerExampleGradients(Patterns.ImagesOf(0), Patterns.LabelsOf(0), limited);
        Near.Equal(expected, parameter.Gradient.ToDoubleArray(), "limited", 1e-6);
        Assert.Equal(examples.Norms.ToArray(), limited.Norms.ToArray());
    }

    /// <summary>
    /// Differentially private training (Abadi et al. 2016, algorithm 1): the gradient of each example is limited, and noise in proportion to the limit is added to their mean.
    /// </summary>
    [Fact]
    public void A_private_training_step_is_a_few_lines()
    {
        const double limit = 1, noise = 0.05;
        var (net, optimizer, random) = (new DigitNet(), new Adam(0.005), new Random(7));
        using var examples = new PerExampleGradients { MaxNorm = limit, KeepsGradients = false };
        double before = net.Evaluate(Patterns.Images, Patterns.Labels);
        for (int step = 0; step < 60; step++)
        {
            net.ComputePerExampleGradients(Patterns.ImagesOf(step), Patterns.LabelsOf(step), examples);
            foreach (var parameter in net.Parameters)
                parameter.Gradient.CopyFrom([.. parameter.Gradient.ToDoubleArray().Select(g => g + (noise * limit / examples.Count * Normal(random)))]);
            optimizer.Step(net.Parameters);
        }
        double after = net.Evaluate(Patterns.Images, Patterns.Labels);
        Assert.True(after < 0.7 * before, $"{before} -> {after}");
    }

    static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_call_allocates_nothing(int threads)
    {
        using var machine = Machine.With(threads);
        var (net, dropout) = (new DigitNet(), new DropoutNet());
        using PerExampleGradients all = new(), mean = new() { KeepsGradients = false, MaxNorm = 1 }, drawn = new();
        float[] x = [.. Enumerable.Range(0, 48).Select(i => MathF.Sin(i))];
        int[] labels = [0, 1, 2, 3];
        PropertyTests.AllocatesNothing("kept", i => net.ComputePerExampleGradients(Patterns.ImagesOf(i), Patterns.LabelsOf(i), all));
        PropertyTests.AllocatesNothing("not kept", i => net.ComputePerExampleGradients(Patterns.ImagesOf(i), Patterns.LabelsOf(i), mean));
        PropertyTests.AllocatesNothing("dropout", _ => dropout.ComputePerExampleGradients(x, labels, drawn));
        // Each example drops other elements.
        dropout.ComputePerExampleGradients([.. x[..12], .. x[..12]], [1, 1], drawn);
        Assert.NotEqual(drawn.Losses[0], drawn.Losses[1]);
    }

    [Fact]
    public void What_is_wrong_is_said_and_changes_nothing()
    {
        var net = new RegressionNet();
        using var examples = new PerExampleGradients { MaxNorm = 1 };
        float[] x = [1, 2, 3, -1, 0.5f, 2, 0.25f, 0, 1], target = [1, 2, 3];
        var own = new double[33];
        Assert.Contains("call ComputePerExampleGradients first", Assert.Throws<InvalidOperationException>(() => examples.CopyTo("hidden.weight", own)).Message, StringComparison.Ordinal);
        net.ComputePerExampleGradients(x, target, examples);
        double[] waiting = [.. net.Parameters.SelectMany(p => p.Gradient.ToDoubleArray())];

        Assert.Throws<ArgumentNullException>(() => net.ComputePerExampleGradients(x, target, null!));
        Assert.Equal("x", Assert.Throws<ArgumentException>(() => net.ComputePerExampleGradients(x.AsSpan(0, 8), target, examples)).ParamName);
        Assert.Equal("target", Assert.Throws<ArgumentException>(() => net.ComputePerExampleGradients(x, target.AsSpan(0, 2), examples)).ParamName);
        Assert.Equal(3, examples.Count);
        Assert.Contains("Did you mean 'hidden.weight'", Assert.Throws<KeyNotFoundException>(() => examples.CopyTo(0, "hidden.weigth", own)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => examples.CopyTo(3, "hidden.weight", own));
        Assert.Contains("has 33 elements, with 3 examples 99", Assert.Throws<ArgumentException>(() => examples.CopyTo("hidden.weight", own)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => examples.MaxNorm = 0);
        using var lean = new PerExampleGradients { KeepsGradients = false };
        net.ComputePerExampleGradients(x, target, lean);
        Assert.Contains("not kept", Assert.Throws<InvalidOperationException>(() => lean.CopyTo(0, "hidden.weight", own)).Message, StringComparison.Ordinal);
        net.ComputePerExampleGradients(x, target, examples);

        x[7] = float.NaN;
        Assert.Contains("example 2 of 'ComputePerExampleGradients'", Assert.Throws<NonFiniteLossException>(() => net.ComputePerExampleGradients(x, target, examples)).Message, StringComparison.Ordinal);
        Assert.Equal(0, examples.Count);
        Near.SameBits(waiting, [.. net.Parameters.SelectMany(p => p.Gradient.ToDoubleArray())], "what waits");

        var pair = new AdversarialNet();
        float[] noise = [.. Enumerable.Range(0, 6).Select(i => MathF.Cos(i))];
        pair.ComputeGeneratorPerExampleGradients(noise, examples);
        Assert.Contains("'ComputeGeneratorPerExampleGradients' does not train it", Assert.Throws<ArgumentException>(() => examples.CopyTo(0, "critic1.weight", new float[32])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("readonly BatchNorm1d norm = new(); readonly Linear a = new(4);", "x.Apply(norm).Apply(a)", "the layer 'norm' takes its statistics over all examples of a batch")]
    [InlineData("readonly Linear a = new(4);", "(x - x.Mean(0)).Apply(a)", "lets the examples of a batch act on each other")]
    [InlineData("readonly Linear a = new(4);", "x.Apply(a).MatMul(x.Apply(a).Transpose())", "lets the examples of a batch act on each other")]
    public void Examples_that_act_on_each_other_are_refused_where_it_is_called(string members, string forward, string reason)
    {
        string model = $$"""
            using ModelGen;
            [Model] public partial class Net
            {
                {{members}}
                public Tensor Forward([Shape("N", 6)] Tensor x) => {{forward}};
                public Tensor Loss([Shape("N", 6)] Tensor x) => Forward(x).Square().Mean();
            }
            static class Use { static void Run(Net net, float[] x, PerExampleGradients examples) { net.ComputeGradients(x); net.ComputePerExampleGradients(x, examples); } }
            """;
        var error = Assert.Single(new GeneratorRun(TestCompilation.Of(model)).Output.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        Assert.Equal("MG0301", error.Id);
        Assert.Contains("There are no gradients of single examples: ", error.GetMessage(), StringComparison.Ordinal);
        Assert.Contains(reason, error.GetMessage(), StringComparison.Ordinal);
    }
}
