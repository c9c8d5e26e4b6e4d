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
    readonly Dictionary<Kernel, KernelUse> uses = [];
    readonly Dictionary<ScanKernel, string> indices = [];
    readonly Dictionary<WeightPacking.Panels, string> panels = [];
    readonly WeightPacking packing = step.Packing;

    IReadOnlyList<string> Symbols { get; } = step.Symbols;

    public void Emit(SourceWriter w)
    {
        foreach (var kernel in step.Schedule.AllKernels) uses[kernel] = library.Add(kernel, packing.Of(kernel) is not null);
        bool isRandom = uses.Values.Any(u => u.IsRandom);
        var identifiers = new Identifiers(Symbols.Concat(["a", "arguments", "team", "V", "T", "seed", "step", "update"]));
        NameValues(step.Schedule.Kernels, identifiers);
        foreach (var p in packing.All) panels[p] = identifiers.Unique(names[p.Weight] + "Panels");
        w.Line($"/// <summary>{Summary()}</summary>");
        using var program = w.Block($"private static unsafe class {step.Name}Program");
        EmitArguments(w, isRandom);
        w.Line();
        w.Line("/// <summary>How many threads run it.</summary>");
        w.Line("public static readonly ThreadChoice Threads = new();");
        w.Line();
        w.Line("/// <summary>The program for the widest vectors of this machine.</summary>");
        ForThisMachine(w, "delegate*<void*, Team, void> ForThisMachine", "Run");
        w.Line();
        using (w.Block($"static void Run<V>(void* arguments, Team team) {LoopEmitter.Generics(type)}"))
        {
            w.Line("var a = (Arguments*)arguments;");
            foreach (var symbol in Symbols) w.Line($"nint {symbol} = a->{symbol};");
            if (isRandom) w.Line("ulong seed = a->Seed; long step = a->Step;");
            if (step.Kind == StepKind.Train) w.Line($"ref var update = ref Unsafe.AsRef<WeightUpdate<{type}>>(a->Update);");
            EmitValues(w);
            w.Line();
            EmitCalls(w);
        }
        if (packing.Elements > 0) EmitPacking(w);
    }

    void ForThisMachine(SourceWriter w, string property, string method)
    {
        string[] lanes = precision == DType.Float64 ? ["F64x8", "F64x4", "F64x2", "F64x1"] : ["F32x16", "F32x8", "F32x4", "F32x1"];
        using (w.Block($"public static {property} => Simd.Width switch", "};"))
        {
            w.Line($"SimdWidth.Bits512 => &{method}<{lanes[0]}>,");
            w.Line($"SimdWidth.Bits256 => &{method}<{lanes[1]}>,");
            w.Line($"SimdWidth.Bits128 => &{method}<{lanes[2]}>,");
            w.Line($"_ => &{method}<{lanes[3]}>,");
        }
    }

    void EmitPacking(SourceWriter w)
    {
        w.Line();
        w.Line("/// <summary>Copies weights to where the program reads them, in panels for the vectors of this machine.</summary>");
        ForThisMachine(w, $"delegate*<{type}*, {type}*, void> PackForThisMachine", "Pack");
        w.Line();
        using (w.Block($"static void Pack<V>({type}* parameters, {type}* panels) {LoopEmitter.Generics(type)}"))
        {
            foreach (var (rounded, weight, offset) in step.RoundedWeights.All)
            {
                var format = ((RoundTo)rounded.Op).Format.CSharp();
                var place = Offset("panels", Dim.Of(offset));
                w.Line($"Narrow.Round<V, {format}>({Offset("parameters", step.Memory[weight].Offset)}, {(rounded.Stored.IsNarrow() ? $"({format}*)({place})" : place)}, {rounded.Shape.Elements.ToCode()});   // {((ParameterLeaf)weight.Op).Path}");
            }
            var paths = step.RoundedWeights.All.ToDictionary(r => r.Rounded, r => r.Weight);
            foreach (var p in packing.All)
            {
                var parameter = (ParameterLeaf)(paths.TryGetValue(p.Weight, out var original) ? original : p.Weight).Op;
                var source = Offset(original is null ? "parameters" : "panels", step.Memory[p.Weight].Offset);
                if (p.Weight.Stored is var own && own != precision) source = $"({own.CSharp()}*)({source})";
                w.Line($"WeightPanels.Pack<V, {type}{(own != precision ? ", " + own.CSharp() : "")}>({source}, {p.Row}, {p.Column}, {p.K}, {p.N}, {Offset("panels", Dim.Of(p.Offset))});   // {parameter.Path}");
            }
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
            for (int i = 0; i < step.Function.OutputNames.Count; i++) w.Line($"public {step.Schedule.Graph.Outputs[i].Value.DType.CSharp()}* {Identifiers.Pascal(step.Function.OutputNames[i])}Result;   // {step.Schedule.Graph.Outputs[i].Value.Shape}");
        w.Line($"public {type}* Parameters, {(step.Kind == StepKind.Train ? "Gradients, " : step.Kind == StepKind.Decode ? "Cache, " : "")}{(packing.Elements > 0 ? "Panels, " : "")}Workspace;");
        if (random) w.Line("public ulong Seed; public long Step;");
        if (step.ScalesLoss) w.Line($"public {type} LossScale;");
        if (step.Kind == StepKind.Train) w.Line($"public void* Update;   // a WeightUpdate<{type}>");
    }

    void NameValues(IReadOnlyList<Kernel> kernels, Identifiers identifiers)
    {
        foreach (var node in kernels.SelectMany(k => k.Reads.Concat(k.Writes)).Distinct())
            if (!names.ContainsKey(node)) names[node] = identifiers.Unique(node.Op switch
            {
                InputLeaf input => input.Input,
                ParameterLeaf parameter => parameter.Path,
                StateLeaf state => state.Path,
                LossScaleLeaf => "lossScale",
                ScanLeaf => node.Name ?? "given",
                CacheLeaf cache => "cache" + cache.Index.ToString(System.Globalization.CultureInfo.InvariantCulture),
                _ => node.Name ?? node.Origin ?? node.Op.Name,
            });
        foreach (var loop in kernels.OfType<ScanKernel>())
        {
            indices[loop] = identifiers.Unique("t");
            // What is the same in every step has its name already.
            foreach (var node in loop.Body.Graph.Live())
                if (node.Op is ScanLeaf leaf && leaf.Index >= loop.Scan.Sequences + loop.Scan.Carries) names[node] = names[Views.Root(loop.Node.Inputs[leaf.Index])];
            NameValues(loop.Body.Kernels, identifiers);
        }
    }

    void EmitValues(SourceWriter w)
    {
        var values = step.Schedule.Kernels.SelectMany(k => k.Reads.Concat(k.Writes)).Distinct().ToArray();
        Section("inputs and weights", n => n.Op is InputLeaf or ParameterLeaf or StateLeaf);
        foreach (var p in packing.All) w.Line($"{type}* {panels[p]} = {Offset("a->Panels", Dim.Of(p.Offset))};   // {p.K} x {p.N}");
        Section("keys and values of earlier positions", n => n.Op is CacheLeaf);
        Section("values", n => n.Op is not (InputLeaf or ParameterLeaf or StateLeaf or CacheLeaf) && step.Memory[n].Kind != StorageKind.Gradients);
        Section("gradients of the weights", n => n.Op is not (InputLeaf or ParameterLeaf or StateLeaf) && step.Memory[n].Kind == StorageKind.Gradients);

        void Section(string title, Func<Node, bool> belongs)
        {
            var members = values.Where(belongs).ToArray();
            if (members.Length == 0) return;
            w.Line();
            w.Line($"// {title}");
            foreach (var node in members) w.Line($"{node.Stored.CSharp()}* {names[node]} = {Place(step.Memory[node], node.Stored)};   // {node.Shape}");
        }
    }

    // The workspace and the copies of weights hold numbers of the model's type; integers and numbers of 16 bits lie in them as they are.
    string Place(Storage storage, DType own) => storage.Kind is StorageKind.Workspace or StorageKind.Panels && own != precision ? $"({own.CSharp()}*)({Place(storage)})" : Place(storage);

    string Place(Storage storage) => storage.Kind switch
    {
        StorageKind.Input => $"a->{Identifiers.Pascal(storage.Name)}",
        StorageKind.Output => $"a->{Identifiers.Pascal(storage.Name)}Result",
        StorageKind.Parameters => Offset("a->Parameters", storage.Offset),
        StorageKind.Gradients => Offset("a->Gradients", storage.Offset),
        StorageKind.LossScale => "&a->LossScale",
        StorageKind.Panels => Offset("a->Panels", storage.Offset),
        StorageKind.Cache => Offset("a->Cache", storage.Offset),
        _ => Offset("a->Workspace", storage.Offset),
    };

    static string Offset(string pointer, Dim offset) => offset.IsZero ? pointer : $"{pointer} + {offset.ToCode()}";

    void EmitCalls(SourceWriter w)
    {
        bool lossKnown = false;
        EmitCalls(w, step.Schedule.Kernels, step.Memory, Offset("a->Workspace", Dim.Zero), ref lossKnown);
        if (step.Kind != StepKind.Train) return;
        if (lossKnown) w.Line("team.Barrier();");
        else RequireFiniteLoss(w);
        foreach (var (first, count) in step.RangesLeft) w.Line($"update.Run(team, {first}, {count});");
    }

    void EmitCalls(SourceWriter w, IReadOnlyList<Kernel> kernels, MemoryPlan memory, string workspace, ref bool lossKnown)
    {
        var written = new HashSet<Storage>();
        var read = new HashSet<Storage>();
        foreach (var kernel in kernels)
        {
            if (kernel is ScanKernel loop)
            {
                // It ends in a barrier, too.
                if (written.Count + read.Count > 0) w.Line("team.Barrier();");
                written.Clear();
                read.Clear();
                EmitLoop(w, loop, memory, workspace);
                continue;
            }
            var reads = kernel.Reads.Select(n => memory[Views.Owner(n)]).ToArray();
            var writes = kernel.Writes.Select(n => memory[Views.Owner(n)]).ToArray();
            if (kernel is CallKernel { Updated: { } weight })
            {
                writes = [.. writes, memory[weight]];
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
            var use = uses[kernel];
            var arguments = (use.IsRandom ? new[] { "seed", "step" } : use.Updates ? ["update"] : []).Concat(use.Symbols).Concat(use.Memory.Select(n => names[n]))
                .Concat(packing.Of(kernel) is { } p ? [panels[p]] : Array.Empty<string>());
            w.Line($"Kernels.{use.Name}<V>(team, {string.Join(", ", arguments)});");
        }
    }

    void EmitLoop(SourceWriter w, ScanKernel loop, MemoryPlan memory, string workspace)
    {
        var (inside, offset) = memory.Inside(loop);
        string own = Offset(workspace, offset);
        new ScanEmitter(loop, inside, names, indices[loop]).Emit(w, type, own, () =>
        {
            bool known = true;   // no weight is updated inside of a loop
            EmitCalls(w, loop.Body.Kernels, inside, own, ref known);
        });
    }

    // Every thread decides alike, from the same number.
    void RequireFiniteLoss(SourceWriter w)
    {
        w.Line("team.Barrier();");
        w.Line($"if (!{type}.IsFinite(*{names[Views.Root(step.Schedule.Graph.Outputs[0].Value)]})) return;   // nothing was changed, and the caller throws");
    }
}
