using ModelGen.Compiler.Passes;

namespace ModelGen.Compiler.Lowering;

/// <summary>
/// How the examples of a batch go through a graph: whether each is treated by itself until the loss is their sum or mean. It judges carefully: what it does not know
/// mixes them.
/// </summary>
/// <param name="symbol">The number of examples.</param>
/// <param name="given">Of the body of a loop: what its leaves are.</param>
internal sealed class ExampleFlow(string symbol, IReadOnlyList<ExampleFlow.Flow>? given = null)
{
    /// <param name="Kind">What is known.</param>
    /// <param name="Examples">Where the examples are.</param>
    /// <param name="Place">Where they are mixed.</param>
    internal sealed record Flow(FlowKind Kind, TimeAxis? Examples = null, Node? Place = null)
    {
        public static readonly Flow Same = new(FlowKind.Same), Total = new(FlowKind.Total);
        public static Flow Each(TimeAxis examples) => new(FlowKind.Each, examples);
        public static Flow Mixed(Node place) => new(FlowKind.Mixed, Place: place);
    }

    internal enum FlowKind
    {
        /// <summary>Does not depend on the examples, or on how many there are.</summary>
        Same,

        /// <summary>Has a place for each example, made of that one alone.</summary>
        Each,

        /// <summary>Made of all examples, with no place for each: a sum of their losses.</summary>
        Total,

        /// <summary>Examples act on each other.</summary>
        Mixed,
    }

    readonly Dim count = Dim.Symbol(symbol);
    readonly Dictionary<Node, Flow> flows = [];
    readonly Dictionary<Node, Flow[]> results = [];

    /// <summary>What keeps the examples of a graph from being computed one by one, as a clause; null when nothing does.</summary>
    public string? Obstacle(Graph graph)
    {
        Visit(graph);
        foreach (var (state, value) in graph.Updates)
            if (flows[value].Kind != FlowKind.Same) return $"the layer '{state.Path.Substring(0, Math.Max(0, state.Path.LastIndexOf('.')))}' takes its statistics over all examples of a batch (LayerNorm, GroupNorm and InstanceNorm take them of one)";
        foreach (var (_, value) in graph.Outputs)
            if (flows[value] is { Kind: FlowKind.Mixed, Place: { } place }) return
                $"'{place.Name ?? place.Origin ?? Spelling(place.Op)}' lets the examples of a batch act on each other ({(place.Inputs.Count == 0 ? "" : string.Join(", ", place.Inputs.Select(i => i.Shape)) + " → ")}{place.Shape})";
        return null;
    }

    static string Spelling(Op op) => op is ElementwiseOp elementwise ? elementwise.Spelling : op.Name;

    void Visit(Graph graph)
    {
        foreach (var node in graph.Live()) flows[node] = Of(node);
    }

    Flow Of(Node node)
    {
        if (node.Op is LeafOp) return Leaf(node);
        var inputs = node.Inputs.Select(i => flows[i]).ToArray();
        if (inputs.FirstOrDefault(f => f.Kind == FlowKind.Mixed) is { } mixed) return mixed;
        if (node.Op is Result part) return results[node.Inputs[0]][part.Index];
        if (node.Op is MultiResultOp)
        {
            results[node] = node.Op is Scan scan ? OfScan(node, scan, inputs) : OfRecurrence(node, inputs);
            return results[node].FirstOrDefault(f => f.Kind == FlowKind.Mixed) ?? Flow.Same;
        }
        bool isTotal = inputs.Any(f => f.Kind == FlowKind.Total);
        if (inputs.All(f => f.Kind != FlowKind.Each))
        {
            if (TimeFlow.AxisOf(node.Shape, symbol) is not { } axis) return isTotal ? Flow.Total : Flow.Same;
            // The same for every example, or drawn for each.
            return !isTotal && node.Op is BroadcastTo or RandomUniform && node.Shape[axis].DivideExactly(count) is { } inner ? Flow.Each(new TimeAxis(axis, inner)) : Flow.Mixed(node);
        }
        // What was made of all of them cannot go back into one.
        if (isTotal) return Flow.Mixed(node);
        var flow = new TimeFlow(node, [.. inputs.Select(f => f.Examples)], symbol);
        if (node.Op is ReductionOp reduction && reduction.Axes.Contains(flow.X.Axis)) return TimeFlow.AxisOf(node.Shape, symbol) is null ? Flow.Total : Flow.Mixed(node);
        return node.Op.Follow(flow) is { } after ? Flow.Each(after) : Flow.Mixed(node);
    }

    Flow Leaf(Node node)
    {
        if (node.Op is ScanLeaf leaf) return given![leaf.Index];
        if (node.Op is SizeLeaf { Size: var size }) return size.Symbols.Contains(symbol) ? Flow.Total : Flow.Same;
        if (TimeFlow.AxisOf(node.Shape, symbol) is not { } axis) return Flow.Same;
        return axis == 0 && node.Shape[0] == count ? Flow.Each(new TimeAxis(0, Dim.One)) : Flow.Mixed(node);
    }

    // Sequences, states and lengths begin with the examples; the weights are the same for all.
    Flow[] OfRecurrence(Node node, Flow[] inputs)
    {
        var parts = Enumerable.Range(0, ((MultiResultOp)node.Op).Results(node.Inputs.Select(i => i.Type).ToArray()).Count);
        if (node.Op is not (Recurrent or RecurrentGradient)) return parts.Select(_ => Flow.Mixed(node)).ToArray();
        int weights = node.Op is Recurrent { Cell.HasBias: true } ? 2 : 1;
        bool isEach = inputs.Any(f => f.Kind == FlowKind.Each);
        bool isRight = !inputs.Where((f, i) => f.Kind == FlowKind.Total || (f.Kind == FlowKind.Each && ((i >= 1 && i <= weights) || f.Examples != new TimeAxis(0, Dim.One)))).Any();
        return parts.Select(_ => !isRight ? Flow.Mixed(node) : isEach ? Flow.Each(new TimeAxis(0, Dim.One)) : Flow.Same).ToArray();
    }

    // The steps are no examples. What is carried may begin as something simpler than what the steps make of it.
    Flow[] OfScan(Node node, Scan scan, Flow[] inputs)
    {
        int outputs = scan.Body.Outputs.Count;
        Flow[] Mixed() => Enumerable.Repeat(Flow.Mixed(node), outputs + (scan.Keep ? scan.Carries : 0)).ToArray();
        if (Enumerable.Range(0, scan.Sequences).Any(i => inputs[i].Examples is { Axis: 0 } || node.Inputs[i].Shape[0].Symbols.Contains(symbol))) return Mixed();
        var leaves = inputs.Select((f, i) => i < scan.Sequences && f.Examples is { } each ? Flow.Each(each with { Axis = each.Axis - 1 }) : f).ToArray();
        var body = Decompose.Except(scan.Body, _ => false);
        for (int attempt = 0; attempt <= scan.Carries; attempt++)
        {
            var inside = new ExampleFlow(symbol, leaves);
            inside.Visit(body);
            var after = body.Outputs.Select(o => inside.flows[o.Value]).ToArray();
            if (after.Any(f => f.Kind == FlowKind.Mixed)) return Mixed();
            var carried = after.Take(scan.Carries).ToArray();
            if (carried.SequenceEqual(leaves.Skip(scan.Sequences).Take(scan.Carries)))
                return [.. carried, .. after.Skip(scan.Carries).Select(Stacked), .. scan.Keep ? carried.Select(Stacked) : []];
            for (int i = 0; i < scan.Carries; i++)
            {
                ref var leaf = ref leaves[scan.Sequences + i];
                if (leaf.Kind == FlowKind.Same) leaf = carried[i];
            }
        }
        return Mixed();
    }

    static Flow Stacked(Flow step) => step.Examples is { } each ? Flow.Each(each with { Axis = each.Axis + 1 }) : step;
}
