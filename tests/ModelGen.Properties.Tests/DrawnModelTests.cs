using System.Globalization;
using Microsoft.CodeAnalysis;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Spec;
using ModelGen.EndToEnd.Tests.Harness;
using ModelGen.Testing;
using ModelGen.Testing.Roslyn;

namespace ModelGen.Properties.Tests;

/// <summary>
/// Drawn models: a valid one has no diagnostic, compiles, and computes what the reference computes; with one shape broken it has exactly one
/// diagnostic, there. The seed is fixed; MODELGEN_DRAWN_MODELS=500 and MODELGEN_DRAWN_SEED=2 look further.
/// </summary>
public sealed class DrawnModelTests
{
    static readonly int Count = Setting("MODELGEN_DRAWN_MODELS", 16), Seed = Setting("MODELGEN_DRAWN_SEED", 1);

    static readonly Lazy<RandomModel[]> models = new(() =>
    [
        .. Enumerable.Range(0, Count).Select(i => ModelDrawing.Draw("Model" + i.ToString(CultureInfo.InvariantCulture), SeedOf(i))),
        ModelDrawing.Draw("TwoStoresOneInPlace", Philox.Stream("2 11")),   // a store came before the load of what it overwrites
    ]);

    static int Setting(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    static ulong SeedOf(int model) => Philox.Stream($"{Seed} {model}");

    [Fact]
    public void A_valid_model_computes_what_the_reference_computes()
    {
        string[] sources = [.. models.Value.Select(m => m.Source())];
        var compilation = TestCompilation.Of(sources);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(Text));
        Assert.Empty(GeneratorRun.Analyze(compilation).Select(Text));
        var assembly = new CompiledAssembly(sources);
        var failures = new List<string>();
        foreach (var drawn in models.Value)
        {
            try
            {
                Check(assembly.Spec(drawn.Name), assembly.Create(drawn.Name), drawn.Classes);
            }
            catch (Exception e)
            {
                failures.Add($"{drawn.Name}: {e.Message}\n{drawn.Source()}");
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {models.Value.Length} models:\n" + string.Join("\n\n", failures.Take(3)));
    }

    static void Check(ModelSpec spec, ICompiledModel model, int classes)
    {
        double tolerance = spec.Precision == DType.Float64 ? 1e-10 : 2e-4;
        model.Initialize(3);
        foreach (int batch in new[] { 1, 3 })
        {
            var inputs = Inputs(spec, "Forward", batch, classes);
            var expected = new Oracle(spec, model.Parameters, inputs).Predict()[0];
            Near.Equal(expected, model.Forward(inputs)[0].ToDoubleArray(), $"eager Forward of a batch of {batch}", tolerance);
            Near.Equal(expected, model.Predict(inputs, [expected.Length])[0], $"Predict of a batch of {batch}", tolerance);
        }
        var examples = Inputs(spec, "Loss", 4, classes);
        var oracle = new Oracle(spec, model.Parameters, examples, seed: 3);
        Near.Equal(oracle.Evaluate("Loss"), model.Evaluate("Loss", examples), "Evaluate", tolerance);
        var trained = oracle.Train("Loss");
        Near.Equal(trained.Loss, model.ComputeGradients("Loss", examples), "the loss of ComputeGradients", tolerance);
        foreach (var (path, gradient) in trained.Gradients) Near.Equal(gradient, model.Parameters[path].Gradient.ToDoubleArray(), $"gradient of {path}", tolerance);
    }

    static ModelInputs Inputs(ModelSpec spec, string function, int batch, int classes)
    {
        var random = new Lcg(Philox.Stream($"{spec.Name} {function} {batch}"));
        var inputs = new ModelInputs(spec).Bind("N", batch);
        foreach (var input in spec.Function(function)!.Inputs)
        {
            int count = checked((int)input.Shape.Elements.Evaluate(inputs.Symbol));
            inputs.Add(input, [.. Enumerable.Range(0, count).Select(_ => input.DType == DType.Int32 ? random.Next(classes) : random.Next(-1, 1))]);
        }
        return inputs;
    }

    [Fact]
    public void A_broken_shape_is_one_diagnostic_at_its_place()
    {
        // Two ways to break each model, each in a file and a namespace of its own.
        var random = new Lcg(Philox.Stream($"mutations {Seed}"));
        var broken = models.Value.Concat(models.Value).Select((m, i) => (Model: m, Site: m.Sites[random.Next(m.Sites.Count)], Number: i)).ToArray();
        string[] sources = [.. broken.Select(b => b.Model.Source(b.Site).Replace("namespace Drawn.", $"namespace Broken{b.Number}.", StringComparison.Ordinal))];
        var run = new GeneratorRun(TestCompilation.Of(sources));
        Assert.Empty(run.Result.Diagnostics);
        Assert.Empty(run.Output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(Text));

        var found = GeneratorRun.Analyze(run.Output).Where(d => d.Severity == DiagnosticSeverity.Error).ToLookup(d => d.Location.GetLineSpan().Path, StringComparer.Ordinal);
        var failures = new List<string>();
        foreach (var (model, site, number) in broken)
        {
            var diagnostics = found[$"Net{number}.cs"].ToArray();
            bool right = diagnostics is [var only] && only.Id.StartsWith("MG01", StringComparison.Ordinal) && model.Lines(site).Contains(only.Location.GetLineSpan().StartLinePosition.Line);
            if (!right) failures.Add($"{model.Name}, {site.What}: {site.Right} became {site.Wrong}, lines {string.Join(", ", model.Lines(site).Select(l => l + 1))}:\n{string.Join("\n", diagnostics.Select(Text))}\n{sources[number]}");
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {broken.Length} mutations:\n" + string.Join("\n\n", failures.Take(6)));
    }

    static string Text(Diagnostic diagnostic) => diagnostic + " | " + diagnostic.Location.SourceTree?.GetText().Lines[diagnostic.Location.GetLineSpan().StartLinePosition.Line].ToString().Trim();
}
