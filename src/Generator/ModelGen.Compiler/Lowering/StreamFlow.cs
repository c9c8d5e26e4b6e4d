namespace ModelGen.Compiler.Lowering;

/// <summary>
/// How the values of a graph go with time: whether every step of a result depends on the steps so far alone, so that sequences may be given piece by piece. It judges
/// carefully: what it does not know breaks the flow.
/// </summary>
/// <param name="symbol">The number of steps.</param>
internal sealed class StreamFlow(string symbol)
{
    /// <param name="Kind">What is known.</param>
    /// <param name="Time">Of a sequence: where the steps are.</param>
    sealed record Flow(FlowKind Kind, TimeAxis? Time)
    {
        public static readonly Flow Constant = new(FlowKind.Constant, null), Latest = new(FlowKind.Latest, null), Broken = new(FlowKind.Broken, null);
        public static Flow Sequence(int axis) => new(FlowKind.Sequence, new TimeAxis(axis, Dim.One));
    }

    enum FlowKind
    {
        /// <summary>The same however long the sequences are.</summary>
        Constant,

        /// <summary>Has a place for each step, made of this step and earlier ones.</summary>
        Sequence,

        /// <summary>What holds after the last step so far.</summary>
        Latest,

        /// <summary>Depends on steps to come, or on how many there are.</summary>
        Broken,
    }

    readonly Dim time = Dim.Symbol(symbol);
    readonly Dictionary<Node, Flow> flows = [];

    /// <summary>Whether all outputs can be computed piece by piece.</summary>
    public bool Holds(Graph graph)
    {
        foreach (var node in graph.Live()) flows[node] = Of(node);
        return graph.Outputs.All(o => flows[o.Value].Kind != FlowKind.Broken);
    }

    Flow Of(Node node)
    {
        if (node.Op is LeafOp) return Leaf(node);
        var inputs = node.Inputs.Select(i => flows[i]).ToArray();
        if (inputs.Any(f => f.Kind == FlowKind.Broken)) return Flow.Broken;
        bool isLatest = inputs.Any(f => f.Kind == FlowKind.Latest);
        if (inputs.All(f => f.Time is null)) return TimeFlow.AxisOf(node.Shape, symbol) is not null ? Flow.Broken : isLatest ? Flow.Latest : Flow.Constant;
        // What is known only after the last step cannot go into an earlier one.
        if (isLatest) return Flow.Broken;
        return node.Op switch
        {
            Result result => OfResult(node, result),
            Recurrent or Scan => OfLoop(node),
            Slice op when op.Axis == inputs[0].Time!.Axis => OfStep(node, op, inputs[0].Time!),
            _ => node.Op.Follow(new TimeFlow(node, [.. inputs.Select(f => f.Time)], symbol)) is { } after ? new Flow(FlowKind.Sequence, after) : Flow.Broken,
        };
    }

    Flow Leaf(Node node)
    {
        if (node.Op is SizeLeaf { Size: var size } && size.Symbols.Contains(symbol)) return Flow.Broken;
        if (TimeFlow.AxisOf(node.Shape, symbol) is not { } axis) return Flow.Constant;
        return node.Shape[axis] == time && !node.Shape.Skip(axis + 1).Any(d => d.Symbols.Contains(symbol)) ? Flow.Sequence(axis) : Flow.Broken;
    }

    // Of the steps only the last one is the same for the whole sequence and its last piece.
    Flow OfStep(Node node, Slice op, TimeAxis steps) => steps.Inner.IsOne && node.Inputs[0].Shape[op.Axis] == time && op.Start == time - 1 ? Flow.Latest : Flow.Broken;

    // A loop over time takes its steps in order; all else that it is given does not change with time.
    Flow OfLoop(Node node)
    {
        var (sequences, axis) = node.Op is Scan scan ? (scan.Sequences, 0) : (1, 1);
        if (node.Op is Scan { Reverse: true } or Recurrent { Reverse: true }) return Flow.Broken;
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            var flow = flows[node.Inputs[i]];
            if (i < sequences ? flow != Flow.Sequence(axis) || node.Inputs[i].Shape[axis] != time : flow.Kind != FlowKind.Constant) return Flow.Broken;
        }
        return Flow.Sequence(axis);
    }

    Flow OfResult(Node node, Result result)
    {
        var loop = node.Inputs[0].Op;
        bool isLast = loop is Scan scan ? result.Index < scan.Carries : result.Index == 1;
        return isLast ? Flow.Latest : Flow.Sequence(loop is Scan ? 0 : 1);
    }
}
