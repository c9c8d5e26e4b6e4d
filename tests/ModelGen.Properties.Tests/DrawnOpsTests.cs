using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using ModelGen.Compiler;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Shapes;
using ModelGen.Compiler.Surface;
using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.Testing;

namespace ModelGen.Properties.Tests;

/// <summary>
/// Chains of tensor methods that FsCheck draws from the whole registry, between two dense layers: whatever follows on whatever, the compiled model computes what the reference
/// computes, its gradients are the slopes of its loss, and two threads give the bits of one.
/// </summary>
public sealed class DrawnOpsTests
{
    const int Models = 24, CallsOfModel = 4, Rows = 3, Width = 4;

    // Jumps, of which a slope of differences knows nothing; and one that is no derivative on purpose.
    static readonly string[] jumping =
    [
        "Sign", "Floor", "Ceiling", "Round", "Remainder", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal", "NotEqual", "StopGradient",
    ];

    static readonly string[] calls = [.. OpRegistry.Methods.SelectMany(Calls).Distinct(StringComparer.Ordinal)];

    [Fact]
    public void Most_methods_can_be_drawn() =>
        // The others change shapes, take indices or images, draw numbers, or jump.
        Assert.True(calls.Length >= 70, $"{calls.Length}: {string.Join("; ", calls)}");

    [Fact]
    public void Whatever_follows_on_whatever_is_right()
    {
        // The seed is fixed: a test that fails, fails again.
        var chains = Gen.Elements(calls).ArrayOf(CallsOfModel).Sample(CallsOfModel, new Rnd(2, 7), Models).ToArray();
        // Each call at least once, whatever was drawn.
        chains = [.. chains, .. calls.Chunk(CallsOfModel)];
        string[] sources = [.. chains.Select((chain, i) => Source("Chain" + i.ToString(CultureInfo.InvariantCulture), chain))];
        var assembly = new CompiledAssembly(sources);
        var failures = new List<string>();
        for (int i = 0; i < chains.Length; i++)
        {
            string name = "Chain" + i.ToString(CultureInfo.InvariantCulture);
            try
            {
                Check(name, assembly);
            }
            catch (Exception e)
            {
                failures.Add($"{name}: {e.Message}\n{sources[i]}");
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {chains.Length} models:\n" + string.Join("\n\n", failures.Take(4)));
    }

    static void Check(string name, CompiledAssembly assembly)
    {
        var spec = assembly.Spec(name);
        var model = assembly.Create(name);
        model.Initialize(3);
        foreach (int batch in new[] { 1, 3 })
        {
            var inputs = Inputs(batch);
            var expected = new Oracle(spec, model.Parameters, inputs).Predict()[0];
            Near.Equal(expected, model.Predict(inputs, [expected.Length])[0], $"Predict of a batch of {batch}", 1e-9);
        }
        var examples = Inputs(4);
        double[] one = Gradients(1), two = Gradients(2);
        Near.SameBits(one, two, "on two threads");
        foreach (var parameter in model.Parameters)
        {
            double[] value = parameter.Values.ToDoubleArray(), gradient = parameter.Gradient.ToDoubleArray();
            var random = new Lcg(17);
            double[] direction = [.. value.Select(_ => random.Next(-1, 1))];
            const double step = 1e-6;
            double slope = (At(step) - At(-step)) / (2 * step);
            parameter.Values.CopyFrom(value);
            Near.Equal(slope, gradient.Zip(direction, (g, d) => g * d).Sum(), $"the slope along {parameter.Name}", 1e-5);

            double At(double t)
            {
                parameter.Values.CopyFrom([.. value.Zip(direction, (v, d) => v + (t * d))]);
                return model.Evaluate("Loss", examples);
            }
        }

        double[] Gradients(int threads)
        {
            using var machine = Machine.With(threads);
            model.ComputeGradients("Loss", examples);
            return [.. model.Parameters.SelectMany(p => p.Gradient.ToDoubleArray())];
        }

        ModelInputs Inputs(int batch)
        {
            var random = new Lcg(Philox.Stream($"{name} {batch}"));
            var inputs = new ModelInputs(spec).Bind("N", batch);
            inputs.Add(spec.Functions[0].Inputs[0], [.. Enumerable.Range(0, batch * Rows * Width).Select(_ => random.Next(-1, 1))]);
            return inputs;
        }
    }

    static string Source(string name, string[] chain) => $$"""
        namespace Drawn.{{name}}s;
        [Model(Precision = Precision.Float64)]
        public partial class {{name}}
        {
            readonly Linear first = new({{Width}}), last = new(2);

            public Tensor Forward([Shape("N", {{Rows}}, {{Width}})] Tensor input)
            {
                var x = input.Apply(first);
                {{string.Join("\n        ", chain.Select(call => $"x = {call};"))}}
                return x.Apply(last);
            }

            public Tensor Loss([Shape("N", {{Rows}}, {{Width}})] Tensor input) => Forward(input).Square().Mean();
        }
        """;

    // The calls of a method that leave a shape [N, 3, 4] as it is: with the arguments of each of its samples.
    static IEnumerable<string> Calls(TensorMethod method)
    {
        if (method.IsStatic || jumping.Contains(method.Name) || method.Results is not [{ IsInteger: false }]) yield break;
        int tensors = method.Parameters.TakeWhile(p => p.Kind == ParameterKind.Tensor).Count();
        if (tensors == 0 || method.Parameters.Skip(tensors).Any(p => p.Kind is ParameterKind.Tensor or ParameterKind.IntTensor or ParameterKind.Tensors or ParameterKind.Reduction)) yield break;
        foreach (var sample in method.Samples)
        {
            var graph = new Graph { Precision = DType.Float64 };
            var x = graph.Add(new InputLeaf("x", new TensorType(DType.Float64, new Shape(Dim.Symbol("N"), Rows, Width))));
            var given = sample.Arguments.ToDictionary(a => a.Key, a => a.Value is int whole ? (Dim)whole : a.Value is int[] several ? several.Select(s => (Dim)s).ToArray() : (object?)a.Value);
            for (int i = 0; i < tensors; i++) given[method.Parameters[i].Name] = x;
            try
            {
                if (Invocation.Invoke(graph, method, given).Shape != x.Shape || graph.Draws > 0) continue;
            }
            catch (ModelException)
            {
                continue;
            }
            // Operands that differ, in the range of the sample.
            string[] operands = [.. new[] { "x", "x.Sin()", "(x * -0.7f)", "x.Tanh()" }.Take(tensors).Select(o => $"({o}.Sigmoid() * {Number(sample.High - sample.Low)} + {Number(sample.Low)})")];
            var more = sample.Arguments.Where(a => method.Parameters.Any(p => p.Name == a.Key)).Select(a => method.Parameters.Single(p => p.Name == a.Key).Kind == ParameterKind.Ints
                ? Text(a.Value) : $"{a.Key}: {Text(a.Value)}");
            yield return method.Name.Split(' ') is ["operator", var sign]
                ? tensors == 1 ? $"{sign}{operands[0]}" : $"{operands[0]} {sign} {operands[1]}"
                : $"{operands[0]}.{method.Name}({string.Join(", ", operands.Skip(1).Concat(more))})";
        }
    }

    static string Text(object value) => value switch
    {
        int[] several => string.Join(", ", several),
        double number => Number(number),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    static string Number(double value) => ((float)value).ToString("R", CultureInfo.InvariantCulture) + "f";
}
