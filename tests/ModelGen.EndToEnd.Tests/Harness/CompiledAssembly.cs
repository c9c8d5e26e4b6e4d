using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ModelGen.Compiler;
using ModelGen.Compiler.Spec;
using ModelGen.Generator;
using ModelGen.Testing.Roslyn;

namespace ModelGen.EndToEnd.Tests.Harness;

/// <summary>Model sources, compiled once with the real generator into an assembly in memory.</summary>
internal sealed class CompiledAssembly
{
    readonly Dictionary<string, ModelSpec> specs;
    readonly Dictionary<string, string> faults = new(StringComparer.Ordinal);
    readonly Func<string, ICompiledModel> create;

    public CompiledAssembly(IEnumerable<string> sources)
    {
        var compilation = TestCompilation.Of([.. sources]);
        compilation = compilation.AddReferences(MetadataReference.CreateFromFile(typeof(ICompiledModel).Assembly.Location))
            .WithOptions(compilation.Options.WithOptimizationLevel(OptimizationLevel.Release));
        var run = new GeneratorRun(compilation);
        Files = run.Files;
        var captured = run.Values(StepNames.ModelSpecs).Cast<CapturedModel>().Where(m => m.Spec is not null).Select(m => m.Spec!).ToArray();
        foreach (var spec in captured.Where(s => !Files.Keys.Any(f => f.EndsWith(s.Name + ".Kernels.g.cs", StringComparison.Ordinal)))) faults[spec.Name] = Fault(spec);
        captured = [.. captured.Where(s => !faults.ContainsKey(s.Name))];
        specs = captured.ToDictionary(s => s.Name, StringComparer.Ordinal);

        var complete = run.Output.AddSyntaxTrees(TestCompilation.Tree("using ModelGen;\n" + AdapterText.Of(captured), "Adapters.cs"));
        using var image = new MemoryStream();
        var emitted = complete.Emit(image);
        var errors = emitted.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning && d.Id is not ("CS1591" or "CS8019")).ToArray();
        if (errors.Length > 0) throw new InvalidOperationException($"{errors.Length} errors and warnings, first:\n" + string.Join("\n", errors.Take(20).Select(Text)));
        image.Position = 0;
        var assembly = new AssemblyLoadContext("models", isCollectible: true).LoadFromStream(image);
        create = assembly.GetType("ModelFactory")!.GetMethod("Create")!.CreateDelegate<Func<string, ICompiledModel>>();
    }

    public IReadOnlyDictionary<string, string> Files { get; }

    public IEnumerable<string> Names => specs.Keys;

    public ModelSpec Spec(string name) => specs.TryGetValue(name, out var spec) ? spec
        : throw new InvalidOperationException(faults.TryGetValue(name, out string? fault) ? fault : $"'{name}' was not captured; the analyzers know why.");

    public ICompiledModel Create(string name) => create(Spec(name).Name);

    // The generator turned the failure into a stub; this finds it again.
    static string Fault(ModelSpec spec)
    {
        try
        {
            ModelCompiler.Compile(spec);
            return $"'{spec.Name}' has no kernels.";
        }
        catch (Exception e)
        {
            return e.ToString();
        }
    }

    static string Text(Diagnostic d)
    {
        var line = d.Location.SourceTree?.GetText().Lines[d.Location.GetLineSpan().StartLinePosition.Line].ToString().Trim();
        return $"{d}\n    {line}";
    }
}
