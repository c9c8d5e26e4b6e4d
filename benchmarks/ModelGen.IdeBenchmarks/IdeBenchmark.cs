using System.Diagnostics;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using ModelGen.Analyzers;
using ModelGen.Compiler;
using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Codegen;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Lowering;
using ModelGen.Compiler.Memory;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Passes;
using ModelGen.Compiler.Scheduling;
using ModelGen.Compiler.Spec;
using ModelGen.Generator.Capture;
using ModelGen.Testing.Roslyn;

namespace ModelGen.IdeBenchmarks;

/// <summary>What an IDE waits for while somebody edits a project with a large model: best of many runs, and the processor time beside it.</summary>
internal static class IdeBenchmark
{
    const int Fillers = 200;
    static readonly string[] Models = ["ResNet18", "Transformer"];

    public static int Run()
    {
        Console.WriteLine("| model | what | wall ms | CPU ms | budget ms |");
        Console.WriteLine("| --- | --- | ---: | ---: | ---: |");
        foreach (var model in Models)
        {
            Cold(model);
            Warm(model);
        }
        return 0;
    }

    static void Row(string model, string what, ThreadTime time, string budget = "") =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {model} | {what} | {time.Wall:0.0} | {time.Cpu:0.0} | {budget} |"));

    static CSharpCompilation Project(string name)
    {
        var (model, block) = IdeModels.Source(name);
        return TestCompilation.Of([model, block, .. Enumerable.Range(0, Fillers).Select(IdeModels.Filler)]);
    }

    // A process of its own: what the first build of a day sees.
    static void Cold(string model)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["--ide-cold", model]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var lines = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Console.Write(lines);
    }

    public static int RunCold(string model)
    {
        var project = Project(model);
        ModelSpec? spec = null;
        Row(model, "first capture of a process", ThreadTime.Once(() => spec = Capture(project)));
        Row(model, "first generation of a process", ThreadTime.Once(() => ModelCompiler.Compile(spec!)));
        return 0;
    }

    static void Warm(string model)
    {
        var project = Project(model);
        Row(model, "capture, warm", ThreadTime.Best(40, i => Touched(project, "Net0.cs", i), c => Capture(c)));
        var spec = Capture(project);
        Row(model, "generation of the whole code, warm", ThreadTime.Best(20, _ => spec, s => ModelCompiler.Compile(s)), "1000");

        var run = new GeneratorRun(project);
        Row(model, "keystroke elsewhere: generator", ThreadTime.Best(40, i => Elsewhere(project, i), c => run.Rerun(c)), "50");
        Row(model, "keystroke elsewhere: analyzers on the model's file", ThreadTime.Best(40, i => Elsewhere(project, i), Analyze), "50");
        Row(model, "keystroke in the model, same meaning: generator", ThreadTime.Best(40, i => Touched(project, "Net0.cs", i), c => run.Rerun(c)), "250");
        Row(model, "keystroke in the model, other meaning: generator", ThreadTime.Best(20, i => Changed(project, i), c => run.Rerun(c)), "250");
        Row(model, "keystroke in the model: analyzers on its file", ThreadTime.Best(40, i => Changed(project, i), Analyze), "250");
        Console.WriteLine($"| {model} | nodes of Forward, layers, bytes of generated text | {spec.Functions[0].Nodes.Count} | {spec.Layers.Count} | {run.Files.Values.Sum(f => f.Length)} |");
    }

    static Compilation Touched(Compilation project, string file, int i) => project.Edit(file, s => s + "\n// " + i.ToString(CultureInfo.InvariantCulture));

    static Compilation Elsewhere(Compilation project, int i) =>
        project.Edit("Net7.cs", s => s.Replace("return x", "return " + i.ToString(CultureInfo.InvariantCulture) + " + x", StringComparison.Ordinal));

    static Compilation Changed(Compilation project, int i) =>
        project.Edit("Net0.cs", s => s.Replace("new(1000)", "new(" + (1001 + i).ToString(CultureInfo.InvariantCulture) + ")", StringComparison.Ordinal));

    static ModelSpec Capture(Compilation compilation)
    {
        var result = ModelCapture.Run(compilation, compilation.Assembly.GetTypeByMetadataName("Nets.Net")!, default);
        return result.Spec ?? throw new InvalidOperationException("The model was not captured: " + string.Join("; ", result.Problems.Select(p => p.Message)));
    }

    // As an IDE asks for the squiggles of the open file.
    static void Analyze(Compilation compilation)
    {
        var analyzers = compilation.WithAnalyzers([new ModelAnalyzer()], new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), null, concurrentAnalysis: false, logAnalyzerExecutionTime: false));
        var model = compilation.GetSemanticModel(compilation.SyntaxTrees.First(t => t.FilePath == "Net0.cs"));
        var found = analyzers.GetAnalyzerSemanticDiagnosticsAsync(model, null, default).GetAwaiter().GetResult();
        if (found.Length > 0) throw new InvalidOperationException(found[0].ToString());
    }

    /// <summary>The compilation of the training step by phase.</summary>
    public static int RunPhases(string name)
    {
        var spec = Capture(Project(name));
        var function = spec.Function("Loss")!;
        for (int i = 0; i < 12; i++) ModelCompiler.Compile(spec);
        var lowered = FunctionLowering.Build(spec, function, training: true);
        var arena = new ParameterArena([lowered]);
        Graph graph = null!, differentiated = null!;
        var time = ThreadTime.Best(12, _ => 0, _ => FunctionLowering.Build(spec, function, training: true));
        Row(name, $"lowering: {lowered.Nodes.Count} nodes", time);
        Row(name, "differentiation", ThreadTime.Best(12, _ => FunctionLowering.Build(spec, function, training: true), g =>
        {
            var leaves = g.Nodes.Where(n => n.Op is ParameterLeaf).ToArray();
            var gradients = ReverseMode.Gradient(g.Outputs[0].Value, leaves);
            for (int i = 0; i < leaves.Length; i++) g.Outputs.Add((((ParameterLeaf)leaves[i].Op).Path, gradients[i]));
            differentiated = g;
        }));
        graph = differentiated;
        foreach (var pass in Pipeline.Passes)
        {
            var before = graph;
            Row(name, $"pass {pass.Name}: {before.Nodes.Count} nodes", ThreadTime.Best(6, _ => 0, _ => graph = pass.Run(before)));
        }
        Schedule schedule = null!;
        Row(name, $"schedule: {graph.Nodes.Count} nodes", ThreadTime.Best(6, _ => 0, _ => schedule = Schedule.For(graph)));
        Row(name, $"memory: {schedule.Kernels.Count} kernels", ThreadTime.Best(6, _ => 0, _ => MemoryPlan.For(schedule, arena, ParameterArena.Alignment, new Dictionary<Node, Storage>())));
        IReadOnlyList<Step> steps = [];
        ParameterArena all = null!;
        Row(name, "all steps", ThreadTime.Best(6, _ => 0, _ => (steps, all) = ModelCompiler.Steps(spec)));
        Row(name, "emission", ThreadTime.Best(6, _ => 0, _ => new ModelEmitter(spec, steps, all).Emit()));
        return 0;
    }
}
