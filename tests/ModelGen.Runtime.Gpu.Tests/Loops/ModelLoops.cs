using ModelGen.Compiler;
using ModelGen.Compiler.Codegen;
using ModelGen.Compiler.Codegen.OpenCl;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Scheduling;
using ModelGen.Compiler.Spec;
using ModelGen.Generator;
using ModelGen.Testing.Roslyn;

namespace ModelGen.Runtime.Gpu.Tests.Loops;

/// <summary>The fused loops of a model, those that follow a matrix product or convolution too, as one OpenCL C program.</summary>
internal sealed class ModelLoops
{
    static readonly Lazy<IReadOnlyDictionary<string, ModelSpec>> Specs = new(Capture);
    readonly List<(LoopKernel Kernel, OpenClKernelUse Use)> loops = [];

    readonly Dictionary<string, string> texts;

    ModelLoops(ModelSpec spec)
    {
        var library = new OpenClKernelLibrary(spec.Precision);
        foreach (var step in ModelCompiler.Steps(SafeNames.For(spec)).Steps)
        {
            foreach (var kernel in step.Schedule.Kernels)
            {
                if ((kernel as LoopKernel ?? (kernel as CallKernel)?.Epilogue) is not { } loop) continue;
                // OpenCL programs have no buffers of 16 bits yet.
                if (loop.Reads.Concat(loop.Writes).Any(n => Views.Root(n).Stored.IsNarrow())) continue;
                var use = library.Add(loop);
                if (loops.TrueForAll(l => l.Use.Name != use.Name)) loops.Add((loop, use));
            }
        }
        Source = library.Source;
        texts = library.Methods.ToDictionary(m => m.Name, m => m.Text, StringComparer.Ordinal);
        Precision = spec.Precision;
    }

    /// <summary>The models whose loops are tested.</summary>
    public static IEnumerable<string> Names => Specs.Value.Keys;

    public static ModelLoops Of(string model) => new(Specs.Value[model]);

    public DType Precision { get; }

    public string Source { get; }

    /// <summary>One kernel of the program.</summary>
    public string Text(string kernel) => texts[kernel];

    /// <summary>The distinct loops, and how each is started.</summary>
    public IReadOnlyList<(LoopKernel Kernel, OpenClKernelUse Use)> Loops => loops;

    static Dictionary<string, ModelSpec> Capture()
    {
        var assembly = typeof(ModelLoops).Assembly;
        var sources = assembly.GetManifestResourceNames().Where(n => n.EndsWith(".cs", StringComparison.Ordinal)).Select(Resource).ToArray();
        var compilation = TestCompilation.Of(sources);
        if (compilation.GetDiagnostics().Concat(GeneratorRun.Analyze(compilation)).FirstOrDefault(d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error) is { } mistake) throw new InvalidOperationException(mistake.ToString());
        return new GeneratorRun(compilation).Values(StepNames.ModelSpecs).Cast<CapturedModel>().Where(m => m.Spec is not null)
            .ToDictionary(m => m.Spec!.Name, m => m.Spec!, StringComparer.Ordinal);
    }

    public static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(ModelLoops).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
