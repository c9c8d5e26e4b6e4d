using ModelGen.Compiler.Memory;

namespace ModelGen.Compiler.Codegen.Cpu;

/// <summary>
/// Prints one step as a program: where every value lies, then one call per kernel, with a barrier where a kernel touches what another
/// thread may still be working on.
/// </summary>
internal sealed class ProgramEmitter(Step step, CpuKernelLibrary library, DType precision)
{
    readonly string type = precision.CSharp();
    readonly Dictionary<Node, string> names = [];

    IReadOnlyList<string> Symbols { get; } = step.Symbols;

    public void Emit(SourceWriter w)
    {
        var uses = step.Schedule.Kernels.Select(library.Add).ToArray();
        NameValues();
        w.Line($"/// <summary>{Summary()}</summary>");
        using var program = w.Block($"private static unsafe class {step.Name}Program");
        EmitArguments(w, uses.Any(u => u.IsRandom));
        w.Line();
        w.Line("/// <summary>How many threads run it.</summary>");
        w.Line("public static readonly ThreadChoice Threads = new();");
        w.Line();
        w.Line("/// <summary>The program for the widest vectors of this machine.</summary>");
        string[] lanes = precision == DType.Float64 ? ["F64x8", "F64x4", "F64x2", "F64x1"] : ["F32x16", "F32x8", "F32x4", "F32x1"];
        using (w.Block("public static delegate*<void*, Team, void> ForThisMachine => Simd.Width switch", "};"))
        {
            w.Line($"SimdWidth.Bits512 => &Run<{lanes[0]}>,");
            w.Line($"SimdWidth.Bits256 => &Run<{lanes[1]}>,");
            w.Line($"SimdWidth.Bits128 => &Run<{lanes[2]}>,");
            w.Line($"_ => &Run<{lanes[3]}>,");
        }
        w.Line();
        using (w.Block($"static void Run<V>(void* arguments, Team team) {LoopEmitter.Generics(type)}"))
        {
            w.Line("var a = (Arguments*)arguments;");
            foreach (var symbol in Symbols) w.Line($"nint {symbol} = a->{symbol};");
            if (uses.Any(u => u.IsRandom)) w.Line("ulong seed = a->Seed; long step = a->Step;");
            if (step.Kind == StepKind.Train) w.Line($"ref var update = ref Unsafe.AsRef<WeightUpdate<{type}>>(a->Update);");
            EmitValues(w);
            w.Line();
            EmitCalls(w, uses);
        }
    }

    string Summary() => step.Kind switch
    {
        StepKind.Decode => $"{step.Function.Name} for the next positions of a sequence: {step.Schedule.Kernels.Count} kernels.",
        StepKind.Predict => $"{step.Function.Name} for inference: {step.Schedule.Kernels.Count} kernels.",
        StepKind.Evaluate => $"{step.Function.Name} without gradients: {step.Schedule.Kernels.Count} kernels.",
        _ => $"{step.Function.Name} and its gradients: {step.Schedule.Kernels.Count} kernels.",
    };

    void EmitArguments(SourceWriter w, bool random)
    {
        w.Line("/// <summary>What a call passes to every thread.</summary>");
        using var block = w.Block("public struct Arguments");
        if (Symbols.Count > 0) w.Line($"public nint {string.Join(", ", Symbols)};");
        foreach (var input in step.Function.Inputs) w.Line($"public {input.DType.CSharp()}* {Identifiers.Pascal(input.Name)};   // {input.Shape}");
        if (step.Kind is StepKind.Predict or StepKind.Decode)
            for (int i = 0; i < step.Function.OutputNames.Count; i++) w.Line($"public {type}* {Identifiers.Pascal(step.Function.OutputNames[i])}Result;   // {step.Schedule.Graph.Outputs[i].Value.Shape}");
        w.Line($"public {type}* Parameters, {(step.Kind == StepKind.Train ? "Gradients, " : step.Kind == StepKind.Decode ? "Cache, " : "")}Workspace;");
        if (random) w.Line("public ulong Seed; public long Step;");
        if (step.Kind == StepKind.Train) w.Line($"public void* Update;   // a WeightUpdate<{type}>");
    }

    void NameValues()
    {
        var identifiers = new Identifiers(Symbols.Concat(["a", "arguments", "team", "V", "T", "seed", "step", "update"]));
        foreach (var node in step.Schedule.Kernels.SelectMany(k => k.Reads.Concat(k.Writes)).Distinct())
            names[node] = identifiers.Unique(node.Op switch
            {
                InputLeaf input => input.Input,
                ParameterLeaf parameter => parameter.Path,
                StateLeaf state => state.Path,
                CacheLeaf cache => "cache" + cache.Index.ToString(System.Globalization.CultureInfo.InvariantCulture),
                _ => node.Name ?? node.Origin ?? node.Op.Name,
            });
    }

    void EmitValues(SourceWriter w)
    {
        var values = step.Schedule.Kernels.SelectMany(k => k.Reads.Concat(k.Writes)).Distinct().ToArray();
        Section("inputs and weights", n => n.Op is InputLeaf or ParameterLeaf or StateLeaf);
        Section("keys and values of earlier positions", n => n.Op is CacheLeaf);
        Section("values", n => n.Op is not (InputLeaf or ParameterLeaf or StateLeaf or CacheLeaf) && step.Memory[n].Kind != StorageKind.Gradients);
        Section("gradients of the weights", n => n.Op is not (InputLeaf or ParameterLeaf or StateLeaf) && step.Memory[n].Kind == StorageKind.Gradients);

        void Section(string title, Func<Node, bool> belongs)
        {
            var members = values.Where(belongs).ToArray();
            if (members.Length == 0) return;
            w.Line();
            w.Line($"// {title}");
            foreach (var node in members) w.Line($"{node.DType.CSharp()}* {names[node]} = {Place(step.Memory[node])};   // {node.Shape}");
        }
    }

    string Place(Storage storage) => storage.Kind switch
    {
        StorageKind.Input => $"a->{Identifiers.Pascal(storage.Name)}",
        StorageKind.Output => $"a->{Identifiers.Pascal(storage.Name)}Result",
        StorageKind.Parameters => Offset("a->Parameters", storage.Offset),
        StorageKind.Gradients => Offset("a->Gradients", storage.Offset),
        StorageKind.Cache => Offset("a->Cache", storage.Offset),
        _ => Offset("a->Workspace", storage.Offset),
    };

    static string Offset(string pointer, Dim offset) => offset.IsZero ? pointer : $"{pointer} + {offset.ToCode()}";

    void EmitCalls(SourceWriter w, KernelUse[] uses)
    {
        var written = new HashSet<Storage>();
        var read = new HashSet<Storage>();
        bool lossKnown = false;
        for (int i = 0; i < uses.Length; i++)
        {
            var kernel = step.Schedule.Kernels[i];
            var reads = kernel.Reads.Select(n => step.Memory[n]).ToArray();
            var writes = kernel.Writes.Select(n => step.Memory[n]).ToArray();
            if (kernel is CallKernel { Updated: { } weight })
            {
                writes = [.. writes, step.Memory[weight]];
                if (!lossKnown) RequireFiniteLoss(w);
                lossKnown = true;
            }
            if (reads.Any(written.Contains) || writes.Any(written.Contains) || writes.Any(read.Contains))
            {
                w.Line("team.Barrier();");
                written.Clear();
                read.Clear();
            }
            written.UnionWith(writes);
            read.UnionWith(reads);
            var arguments = (uses[i].IsRandom ? new[] { "seed", "step" } : uses[i].Updates ? ["update"] : []).Concat(uses[i].Symbols).Concat(uses[i].Memory.Select(n => names[n]));
            w.Line($"Kernels.{uses[i].Name}<V>(team, {string.Join(", ", arguments)});");
        }
        if (step.Kind != StepKind.Train) return;
        if (lossKnown) w.Line("team.Barrier();");
        else RequireFiniteLoss(w);
        foreach (var (first, count) in step.RangesLeft) w.Line($"update.Run(team, {first}, {count});");
    }

    // Every thread decides alike, from the same number.
    void RequireFiniteLoss(SourceWriter w)
    {
        w.Line("team.Barrier();");
        w.Line($"if (!{type}.IsFinite(*{names[Views.Root(step.Schedule.Graph.Outputs[0].Value)]})) return;   // nothing was changed, and the caller throws");
    }
}
