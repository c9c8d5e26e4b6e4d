using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Ops;

namespace ModelGen.Generator.Capture;

/// <summary>What is suspicious in a model in which no rule is broken: layers and inputs without influence, objectives without a gradient.</summary>
internal sealed class Advice(INamedTypeSymbol type, Instance model)
{
    readonly HashSet<string> applied = new(StringComparer.Ordinal);
    readonly HashSet<string> trainable = new(StringComparer.Ordinal);
    readonly List<Objective> objectives = [];
    readonly ProblemList found = new();

    public IReadOnlyList<Problem> Found => found.Problems;

    /// <summary>An objective as it was recorded, with the weights that its value depends on.</summary>
    sealed record Objective(EntryMethod Entry, FunctionRecorder Recorder, Node Loss, IReadOnlyList<Node> Weights)
    {
        /// <summary>The weights of one layer; all of them when none is named.</summary>
        public IReadOnlyList<Node> WeightsOf(string? layer) =>
            layer is null ? Weights : Weights.Where(w => ((ParameterLeaf)w.Op).Path.StartsWith(layer + ".", StringComparison.Ordinal)).ToArray();
    }

    /// <summary>Looks at one compiled method: the graph as it was recorded, and what it returns.</summary>
    public void Add(EntryMethod entry, FunctionRecorder recorder, IReadOnlyList<Node> inputs, IReadOnlyList<Node> outputs)
    {
        var graph = recorder.Graph;
        foreach (var (path, _, _) in graph.Layers) applied.Add(path);
        var live = new HashSet<Node>();
        var open = new Stack<Node>(outputs);
        while (open.Count > 0)
        {
            var node = open.Pop();
            if (!live.Add(node)) continue;
            foreach (var input in node.Inputs.Concat(recorder.OwnGradients(node))) open.Push(input);
        }
        for (int i = 0; i < inputs.Count; i++)
        {
            if (live.Contains(inputs[i])) continue;
            var parameter = entry.Method.Parameters[i];
            if (parameter.Name.StartsWith("_", StringComparison.Ordinal)) continue;
            found.Add(Rules.UnusedInput, $"The input '{parameter.Name}' has no influence on what '{entry.Method.Name}' returns; use it, or remove it.", DeclarationRules.PlaceOf(parameter) ?? DeclarationRules.Place(type));
        }
        foreach (var leaf in graph.Nodes.Select(n => n.Op).OfType<ParameterLeaf>())
            if (!leaf.Frozen) trainable.Add(leaf.Path);
        if (entry.Kind == FunctionKind.Objective)
            objectives.Add(new Objective(entry, recorder, outputs[0], live.Where(n => n.Op is ParameterLeaf { Frozen: false }).ToArray()));
    }

    /// <summary>An objective that no parameter influences, or only through ops without a gradient, cannot be trained: an error.</summary>
    public void CheckGradients(ProblemList problems)
    {
        foreach (var objective in objectives)
        {
            var (name, updated) = (objective.Entry.Method.Name, objective.Entry.UpdatedLayers);
            var place = DeclarationRules.PlaceOf(objective.Entry.Method) ?? DeclarationRules.Place(type);
            foreach (var layer in updated)
            {
                if (objective.WeightsOf(layer).Count > 0) CheckSweep(objective, layer, problems);
                else problems.Add(Rules.NoGradient, $"'{name}' is to update '{layer}', but does not depend on it: its gradient does not exist. Use '{layer}' in '{name}', or leave it out of Parameters.", place);
            }
            if (updated.Count > 0) continue;
            if (objective.Weights.Count > 0) CheckSweep(objective, null, problems);
            else if (trainable.Count > 0)
                problems.Add(Rules.NoGradient, $"'{name}' does not depend on any trainable parameter of '{type.Name}', so there is no gradient; compute it from Forward(...).", place);
        }
    }

    // Differentiates an objective as its step will.
    void CheckSweep(Objective objective, string? layer, ProblemList problems)
    {
        var (entry, recorder, loss, _) = objective;
        try
        {
            var sweep = ReverseMode.Sweep(loss, objective.WeightsOf(layer), loss.Graph.Constant(1, loss.DType));
            if (sweep.Gradients.Any(g => g is not null)) return;
            var (place, callSites) = PlaceOf(recorder, sweep.Ends[0]);
            var text = place.SourceTree?.GetText().ToString(place.SourceSpan) ?? sweep.Ends[0].Op.Name;
            problems.Add(Rules.NotDifferentiable,
                $"'{entry.Method.Name}' depends on {(layer is null ? "the trainable parameters" : $"'{layer}'")} only through '{text}', and no gradient flows through that: a step would change nothing. Compute the objective from the values before it.", place, callSites);
        }
        catch (ModelException e) when (e.Node is not null)
        {
            // A derivative that the user asked for has none of its own.
            var (place, callSites) = PlaceOf(recorder, e.Node);
            problems.Add(e.Id, e.Message, place, callSites);
        }
    }

    (Location Place, IEnumerable<Location> CallSites) PlaceOf(FunctionRecorder recorder, Node node) => recorder.OriginOf(node) is { } origin
        ? (Interpreter.Place(origin.Expression.Syntax), origin.Frame.CallSites().Select(Interpreter.Place))
        : (DeclarationRules.Place(type), []);

    /// <summary>Looks for layers that no compiled method applies. Twelve blocks of one class are one place.</summary>
    public IReadOnlyList<Problem> UnusedLayers()
    {
        var members = new Dictionary<ISymbol, (bool Used, string Path)>(SymbolEqualityComparer.Default);
        Walk(model, "", members, [model]);
        foreach (var pair in members.Where(m => !m.Value.Used))
            found.Add(Rules.UnusedLayer, $"The layer '{pair.Value.Path}' is never applied, so its weights are never used; apply it, or remove it.",
                DeclarationRules.PlaceOf(pair.Key) ?? DeclarationRules.Place(type), fix: DeclarationFixes.WithoutMember(pair.Key));
        return found.Problems;
    }

    void Walk(Instance owner, string prefix, Dictionary<ISymbol, (bool Used, string Path)> members, HashSet<Instance> seen)
    {
        foreach (var member in LayerMembers.Of(owner.Type))
        {
            if (!owner.State.TryGetValue(member.Symbol, out var value) || !HoldsLayers(value)) continue;
            var path = prefix + member.Name;
            bool used = IsUsed(value);
            var symbol = member.Symbol.OriginalDefinition;
            members[symbol] = members.TryGetValue(symbol, out var known) ? (known.Used || used, known.Path) : (used, path);
            if (used) Visit(value, path, members, seen);
        }
    }

    void Visit(Value value, string path, Dictionary<ISymbol, (bool Used, string Path)> members, HashSet<Instance> seen)
    {
        if (value is Instance { Definition: null } composite && seen.Add(composite)) Walk(composite, path + ".", members, seen);
        if (value is Sequence sequence)
            foreach (var item in sequence.Items.Where(i => HoldsLayers(i) && IsUsed(i))) Visit(item, path, members, seen);
    }

    static bool HoldsLayers(Value value) => value switch
    {
        Instance { Definition: not null } => true,
        Instance composite => composite.Type.IsLayer() && LayerMembers.Of(composite.Type).Any(m => composite.State.TryGetValue(m.Symbol, out var part) && HoldsLayers(part)),
        Sequence sequence => sequence.Items.Any(HoldsLayers),
        _ => false,
    };

    bool IsUsed(Value value) => value switch
    {
        Instance { Definition: not null } layer => layer.Path is null || applied.Contains(layer.Path),
        Instance composite => LayerMembers.Of(composite.Type).Any(m => composite.State.TryGetValue(m.Symbol, out var part) && IsUsed(part)),
        Sequence sequence => sequence.Items.Any(IsUsed),
        _ => false,
    };
}
