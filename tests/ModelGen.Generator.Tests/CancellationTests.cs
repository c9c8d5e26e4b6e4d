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
using ModelGen.Generator.Tests.Capture;
using ModelGen.Testing.Roslyn;

namespace ModelGen.Generator.Tests;

/// <summary>The IDE cancels work with the next keystroke: every stage must stop, and leave nothing half done.</summary>
public sealed class CancellationTests : IDisposable
{
    readonly CancellationTokenSource source = new();
    readonly ModelSpec spec = Captured.Spec(ModelTests.DigitNet);

    public void Dispose() => source.Dispose();

    [Fact]
    public void Capture_stops()
    {
        var compilation = TestCompilation.Of(ModelTests.DigitNet);
        var type = compilation.GetTypeByMetadataName("Digits.DigitNet")!;
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => ModelCapture.Run(compilation, type, source.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => CaptureCache.Of(compilation, type, source.Token));
        Assert.NotNull(CaptureCache.Of(compilation, type, default).Spec);
    }

    [Fact]
    public void Compilation_stops()
    {
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => ModelCompiler.Compile(spec, source.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => FunctionLowering.Build(spec, spec.Functions[0], training: false, source.Token));
    }

    [Fact]
    public void Differentiation_stops()
    {
        var graph = Lowered();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => ReverseMode.Gradient(graph.Outputs[0].Value, graph.Nodes.Where(n => n.Op is ParameterLeaf).ToArray()));
    }

    [Fact]
    public void Every_pass_stops()
    {
        var graph = Lowered();
        source.Cancel();
        Assert.All(Pipeline.Passes, pass => Assert.ThrowsAny<OperationCanceledException>(() => pass.Run(graph)));
    }

    [Fact]
    public void Scheduling_and_memory_planning_stop()
    {
        var graph = Pipeline.Run(Lowered());
        var schedule = Schedule.For(graph);
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Schedule.For(graph));
        Assert.ThrowsAny<OperationCanceledException>(() => MemoryPlan.For(schedule, new ParameterArena([graph]), ParameterArena.Alignment, new Dictionary<Node, Storage>()));
    }

    [Fact]
    public void Emission_stops()
    {
        var (steps, arena) = ModelCompiler.Steps(spec);
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => new ModelEmitter(spec, steps, arena, source.Token).Emit());
    }

    Graph Lowered() => FunctionLowering.Build(spec, spec.Function("Loss")!, training: true, source.Token);
}
