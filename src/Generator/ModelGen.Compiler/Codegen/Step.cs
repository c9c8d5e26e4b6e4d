using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Codegen.Cpu;
using ModelGen.Compiler.Lowering;
using ModelGen.Compiler.Memory;
using ModelGen.Compiler.Passes;
using ModelGen.Compiler.Spec;

namespace ModelGen.Compiler.Codegen;

/// <summary>What a step is for.</summary>
internal enum StepKind
{
    /// <summary>Forward in inference form.</summary>
    Predict,

    /// <summary>The loss in inference form.</summary>
    Evaluate,

    /// <summary>The loss in training form, and the gradients.</summary>
    Train,

    /// <summary>Forward for some positions of a sequence, with the keys and values of those before in a cache.</summary>
    Decode,
}

/// <summary>One compiled entry: a function of the user's in one form, scheduled and with every value in its place.</summary>
internal sealed class Step
{
    WeightPacking? packing;

    Step(string name, StepKind kind, FunctionSpec function, Schedule schedule, MemoryPlan memory, IReadOnlyList<ParameterLeaf> updated, Graph lowered, ParameterArena arena)
    {
        (Name, Kind, Function, Schedule, Memory, Updated, Lowered) = (name, kind, function, schedule, memory, updated, lowered);
        var paths = new HashSet<string>(updated.Select(p => p.Path), StringComparer.Ordinal);
        Ranges = arena.Ranges(paths);
        paths.ExceptWith(schedule.Kernels.OfType<CallKernel>().Select(k => k.Updated?.Op).OfType<ParameterLeaf>().Select(p => p.Path));
        RangesLeft = arena.Ranges(paths);
        ScalesLoss = kind == StepKind.Train && schedule.Graph.Live().Any(n => n.Op is LossScaleLeaf);
    }

    /// <summary>Names the program: <c>Predict</c>, <c>TrainStep</c>.</summary>
    public string Name { get; }
    public StepKind Kind { get; }
    public FunctionSpec Function { get; }
    public Schedule Schedule { get; }
    public MemoryPlan Memory { get; }

    /// <summary>The parameters whose gradients are computed.</summary>
    public IReadOnlyList<ParameterLeaf> Updated { get; }

    /// <summary>The elements of the arena that hold <see cref="Updated"/>.</summary>
    public IReadOnlyList<(long First, long Count)> Ranges { get; }

    /// <summary>Those that no kernel updates itself.</summary>
    public IReadOnlyList<(long First, long Count)> RangesLeft { get; }

    /// <summary>Of Forward for sequences that come piece by piece: what is carried between the pieces; null for the others.</summary>
    public StreamForm? Stream { get; private init; }

    /// <summary>The incremental form that a decoding step runs; null for the others.</summary>
    public IncrementalForm? Form { get; private init; }

    /// <summary>Of a prediction: why the model has no incremental form, though some attention of it is causal.</summary>
    public string? NotIncremental { get; private init; }

    /// <summary>The weights of an inference program that are rounded once for many calls.</summary>
    public RoundedWeights RoundedWeights { get; private init; } = RoundedWeights.None;

    /// <summary>The symbols whose values a call passes, in order of appearance.</summary>
    public IReadOnlyList<string> Symbols => Function.Inputs.SelectMany(i => i.Shape).SelectMany(d => d.Symbols).Concat(Form is null ? [] : [Form.Position, Form.Capacity]).Distinct().ToArray();

    /// <summary>Which weights the program reads from a copy in the layout of its kernels.</summary>
    public WeightPacking Packing => packing ??= new WeightPacking(this);

    /// <summary>Whether it multiplies its loss by what the caller says.</summary>
    public bool ScalesLoss { get; }

    /// <summary>The graph before autodiff and passes: what the user wrote.</summary>
    public Graph Lowered { get; }

    public Dim MultiplyAdds => Schedule.MultiplyAdds;

    /// <summary>The function's graph, before autodiff: leaves in order of first use.</summary>
    public static Graph Lower(ModelSpec model, FunctionSpec function, StepKind kind, CancellationToken cancellation) =>
        FunctionLowering.Build(model, function, training: kind == StepKind.Train, cancellation);

    public static Step Compile(string name, StepKind kind, ModelSpec model, FunctionSpec function, Graph lowered, ParameterArena arena, string? notIncremental, CancellationToken cancellation)
    {
        IReadOnlyList<ParameterLeaf> updated = [];
        var graph = PoolFirst.Of(lowered);
        int forward = graph.Nodes.Count;
        if (kind == StepKind.Train)
        {
            if (graph == lowered) graph = FunctionLowering.Build(model, function, training: true, cancellation);
            updated = arena.Trainable.Where(p => Updates(function, p)).ToArray();
            var leaves = graph.Nodes.Where(n => n.Op is ParameterLeaf).ToDictionary(n => ((ParameterLeaf)n.Op).Path, StringComparer.Ordinal);
            updated = updated.Where(p => leaves.ContainsKey(p.Path)).ToArray();
            forward = graph.Nodes.Count;
            var gradients = ReverseMode.Gradient(graph.Outputs[0].Value, updated.Select(p => leaves[p.Path]).ToArray(), model.Storage is null ? null : graph.Add(new LossScaleLeaf(model.Precision)));
            for (int i = 0; i < updated.Count; i++) graph.Outputs.Add((updated[i].Path, gradients[i]));
            (graph, forward) = Checkpointing.Apply(graph, forward);
        }
        cancellation.ThrowIfCancellationRequested();
        graph = OwnOutputs.Of(Pipeline.Run(MixedPrecision.Apply(graph, forward, model.Storage)));
        cancellation.ThrowIfCancellationRequested();
        var schedule = Schedule.For(graph, kind == StepKind.Train ? Gradients(graph) : null);
        var rounded = kind == StepKind.Predict ? RoundedWeights.Of(ref schedule) : RoundedWeights.None;
        var memory = MemoryPlan.For(schedule, arena, ParameterArena.Alignment, Destinations(kind, graph, arena, rounded));
        return new Step(name, kind, function, schedule, memory, updated, lowered, arena) { NotIncremental = notIncremental, RoundedWeights = rounded };
    }

    /// <summary>The step of a decoding session.</summary>
    public static Step Decode(ModelSpec model, IncrementalForm form, ParameterArena arena, CancellationToken cancellation)
    {
        var graph = OwnOutputs.Of(Pipeline.Run(MixedPrecision.Apply(form.Graph, form.Graph.Nodes.Count, model.Storage)));
        cancellation.ThrowIfCancellationRequested();
        var schedule = Schedule.For(graph);
        var rounded = RoundedWeights.Of(ref schedule);
        var memory = MemoryPlan.For(schedule, arena, ParameterArena.Alignment, Destinations(StepKind.Decode, graph, arena, rounded));
        return new Step("Decode", StepKind.Decode, form.Function, schedule, memory, [], form.Graph, arena) { Form = form, RoundedWeights = rounded };
    }

    /// <summary>The step of a stream: a prediction whose last inputs and outputs are what is carried.</summary>
    public static Step Compile(ModelSpec model, StreamForm form, ParameterArena arena, CancellationToken cancellation)
    {
        var step = Compile("Stream", StepKind.Predict, model, form.Function, form.Graph, arena, null, cancellation);
        return new Step(step.Name, step.Kind, step.Function, step.Schedule, step.Memory, step.Updated, step.Lowered, arena) { Stream = form, RoundedWeights = step.RoundedWeights };
    }

    static bool Updates(FunctionSpec function, ParameterLeaf parameter) => function.UpdatedLayers.Count == 0
        || function.UpdatedLayers.Any(l => parameter.Path == l || parameter.Path.StartsWith(l + ".", StringComparison.Ordinal));

    // The outputs after the loss are named after the weights.
    static (Node Gradient, Node Weight)[] Gradients(Graph graph)
    {
        var weights = graph.Live().Where(n => n.Op is ParameterLeaf).ToDictionary(n => ((ParameterLeaf)n.Op).Path, StringComparer.Ordinal);
        return graph.Outputs.Skip(1).Where(o => weights.ContainsKey(o.Name)).Select(o => (o.Value, weights[o.Name])).ToArray();
    }

    static Dictionary<Node, Storage> Destinations(StepKind kind, Graph graph, ParameterArena arena, RoundedWeights rounded)
    {
        var destinations = rounded.All.ToDictionary(r => r.Rounded, r => new Storage(StorageKind.Panels, "", Dim.Of(r.Offset)));
        bool predicts = kind is StepKind.Predict or StepKind.Decode;
        foreach (var (name, value) in graph.Outputs.Skip(predicts ? 0 : 1))
            destinations[Views.Root(value)] = predicts
                ? new Storage(StorageKind.Output, name, Dim.Zero)
                : new Storage(StorageKind.Gradients, "", Dim.Of(arena.Offset(name)));
        return destinations;
    }
}
