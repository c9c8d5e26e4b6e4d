using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Spec;
using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.Execution;
using ModelGen.Testing;

namespace ModelGen.EndToEnd.Tests.Samples;

/// <summary>
/// Compiled code equals the reference semantics for every sample of every method and layer: results, losses, gradients, new states; in all widths
/// of vectors, and with the same bits for every number of threads.
/// </summary>
public sealed class SampleTests
{
    static readonly int[] teams = [2, 3];

    public static TheoryData<string> Names { get; } = new(CompiledSamples.Cases().Select(c => c.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Predict_equals_the_reference(string name)
    {
        var (sample, model, spec) = Create(name);
        var inputs = Inputs(sample, spec, "Forward");
        double[] expected = sample.Evaluate([sample.Output])[0].Data;
        int[] lengths = [expected.Length];
        Near.Equal(expected, model.Forward(inputs)[0].ToDoubleArray(), "eager Forward");
        foreach (var width in Machine.Widths)
            using (Machine.With(width)) Near.Equal(expected, model.Predict(inputs, lengths)[0], $"{width}");
        SameForAllTeams("Predict", () => model.Predict(inputs, lengths)[0]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_equal_the_reference(string name)
    {
        var (_, model, spec) = Create(name);
        int step = 0;
        foreach (var objective in spec.Functions.Where(f => f.Kind == FunctionKind.Objective)) Check(name, model, spec, objective.Name, step++);
    }

    static void Check(string name, ICompiledModel model, ModelSpec spec, string objective, int step)
    {
        var inputs = Inputs(SampleCase.Named(name), spec, objective);
        var oracle = new Oracle(spec, model.Parameters, inputs, step: step);
        double evaluated = oracle.Evaluate(objective);
        Near.Equal(evaluated, model.Loss(objective, inputs).ToDoubleArray()[0], $"eager {objective}");
        var expected = oracle.Train(objective);
        using (EagerMode.Training(step: step)) Near.Equal(expected.Loss, model.Loss(objective, inputs).ToDoubleArray()[0], $"eager {objective} in training");
        Near.Equal(evaluated, model.Evaluate(objective, inputs), $"Evaluate {objective}");
        // Widths differ in how they end a row. Batch computes the rows of Loss once more, in other numbers: the machine's own width is enough.
        foreach (var width in objective == "Batch" ? [Simd.Width] : Machine.Widths)
            using (Machine.With(width))
            {
                Near.Equal(expected.Loss, model.ComputeGradients(objective, inputs), $"{width} {objective}");
                foreach (var (path, gradient) in expected.Gradients) Near.Equal(gradient, model.Parameters[path].Gradient.ToDoubleArray(), $"{width} {objective}: gradient of {path}");
            }
        SameForAllTeams(objective, () => [model.ComputeGradients(objective, inputs), .. expected.Gradients.Keys.SelectMany(p => model.Parameters[p].Gradient.ToDoubleArray())]);

        // Last, because it changes the weights: w - rate · gradient, and the new states.
        var before = expected.Gradients.Keys.ToDictionary(p => p, p => model.Parameters[p].Values.ToDoubleArray());
        model.TrainStep(objective, inputs, new Sgd(0.5));
        foreach (var (path, gradient) in expected.Gradients) Near.Equal([.. before[path].Zip(gradient, (w, g) => w - (0.5 * g))], model.Parameters[path].Values.ToDoubleArray(), $"{objective}: new {path}");
        foreach (var (path, value) in expected.Updates) Near.Equal(value, model.Parameters[path].Values.ToDoubleArray(), $"{objective}: new {path}");
    }

    static void SameForAllTeams(string what, Func<double[]> run)
    {
        double[] alone;
        using (Machine.With(1)) alone = run();
        foreach (int threads in teams)
            using (Machine.With(threads)) Near.SameBits(alone, run(), $"{what} with {threads} threads");
    }

    static (SampleCase Sample, ICompiledModel Model, ModelSpec Spec) Create(string name)
    {
        var sample = SampleCase.Named(name);
        string identifier = SampleModel.Identifier(sample);
        var spec = CompiledSamples.Of(sample).Spec(identifier);
        var model = CompiledSamples.Of(sample).Create(identifier);
        // The elements of x are the weights of p_x; those of q_x are added to x, and start at zero. The layer has the sample's own weights.
        foreach (var (leaf, value) in sample.Leaves)
            if (leaf.Op is not InputLeaf input) model.Parameters[leaf.Op is ParameterLeaf p ? p.Path : ((StateLeaf)leaf.Op).Path].Values.CopyFrom(SampleCase.Logical(leaf, value).Data);
            else if (model.Parameters.TryGet($"p_{input.Input}.weight", out var elements))
            {
                elements.Values.CopyFrom(value.Data);
                if (model.Parameters.TryGet($"q_{input.Input}.weight", out var added)) added.Values.Fill(0);
            }
        return (sample, model, spec);
    }

    static ModelInputs Inputs(SampleCase sample, ModelSpec spec, string function)
    {
        var inputs = new ModelInputs(spec).Bind("N", sample.Leaves[0].Value.Shape is [var first, ..] ? first : 1);
        foreach (var input in spec.Function(function)!.Inputs)
            inputs.Add(input, input.Name switch
            {
                "one" => [1],
                "w" => sample.WeightValues(sample.Output, "w").Data,
                _ => sample.Leaves.First(l => SampleCase.LeafName(l.Leaf) == input.Name).Value.Data,
            });
        return inputs;
    }
}
