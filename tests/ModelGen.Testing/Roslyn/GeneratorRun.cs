using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using ModelGen.Analyzers;
using ModelGen.Generator;

namespace ModelGen.Testing.Roslyn;

/// <summary>The generator in its driver: run it, edit the source, run it again, and ask why each step ran.</summary>
internal sealed class GeneratorRun
{
    GeneratorDriver driver = CSharpGeneratorDriver.Create([new ModelGenerator().AsSourceGenerator()],
        parseOptions: TestCompilation.ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public GeneratorRun(Compilation compilation) => Rerun(compilation);

    public Compilation Output { get; private set; } = null!;

    public GeneratorRunResult Result { get; private set; }

    public GeneratorRun Rerun(Compilation compilation)
    {
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
        (Output, Result) = (output, driver.GetRunResult().Results.Single());
        return this;
    }

    /// <summary>Why each output of a tracked step was produced in the last run.</summary>
    public IReadOnlyList<IncrementalStepRunReason> Reasons(string step) => Result.TrackedSteps.TryGetValue(step, out var runs)
        ? [.. runs.SelectMany(r => r.Outputs).Select(o => o.Reason)] : [];

    /// <summary>The values that a tracked step produced.</summary>
    public IReadOnlyList<object> Values(string step) => Result.TrackedSteps.TryGetValue(step, out var runs) ? [.. runs.SelectMany(r => r.Outputs).Select(o => o.Value)] : [];

    public IReadOnlyDictionary<string, string> Files => Result.GeneratedSources.ToDictionary(s => s.HintName, s => s.SourceText.ToString());

    /// <summary>What the analyzers say about a compilation, in order of place.</summary>
    public static ImmutableArray<Diagnostic> Analyze(Compilation compilation)
    {
        var diagnostics = compilation.WithAnalyzers([new ModelAnalyzer()], new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), OnAnalyzerException, concurrentAnalysis: false, logAnalyzerExecutionTime: false))
            .GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        return [.. diagnostics.OrderBy(d => d.Location.GetLineSpan().Path, StringComparer.Ordinal).ThenBy(d => d.Location.SourceSpan.Start)];
    }

    static void OnAnalyzerException(Exception exception, DiagnosticAnalyzer analyzer, Diagnostic diagnostic) => throw new InvalidOperationException("The analyzer failed.", exception);
}
