namespace ModelGen.Compiler.Lowering;

/// <summary>
/// How the values of a graph go with time: whether every step of a result depends on the steps so far alone, so that sequences may be given piece by piece. It judges
/// carefully: what it does not know breaks the flow.
/// </summary>
/// <param name="time">The number of steps.</param>
internal sealed class StreamFlow(Dim time)
{
    /// <param name="Kind">What is known.</param>
    /// <param name="Stride">Of a sequence: elements between two steps.</param>
    sealed record Flow(FlowKind Kind, Dim Stride)
    {
        public static readonly Flow Constant = new(FlowKind.Constant, Dim.Zero), Latest = new(FlowKind.Latest, Dim.Zero), Broken = new(FlowKind.Broken, Dim.Zero);
        public static Flow Sequence(Dim stride) => new(FlowKind.Sequence, stride);
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

    readonly Dictionary<Node, Flow> flows = [];

    /// <summary>Whether all outputs can be computed piece by piece.</summary>
    public bool Holds(Graph graph)
    {
        foreach (var node in graph.Live()) flows[node] = Of(node);
        return graph.Outputs.All(o => flows[o.Value].Kind != FlowKind.Broken && (flows[o.Value].Kind != FlowKind.Sequence || Locate(o.Value.Shape, flows[o.Value].Stride) is not null));
    }

    Flow Of(Node node)
    {
        if (node.Op is LeafOp) return Leaf(node);
        var inputs = node.Inputs.Select(i => flows[i]).ToArray();
        if (inputs.Any(f => f.Kind == FlowKind.Broken)) return Flow.Broken;
        bool isSequence = inputs.Any(f => f.Kind == FlowKind.Sequence), isLatest = inputs.Any(f => f.Kind == FlowKind.Latest);
        if (!isSequence) return Mentions(node.Shape) ? Flow.Broken : isLatest ? Flow.Latest : Flow.Constant;
        // What is known only after the last step cannot go into an earlier one.
        if (isLatest) return Flow.Broken;
        return node.Op switch
        {
            Result result => OfResult(node, result),
            Recurrent or Scan => OfLoop(node),
            ElementwiseOp { UsesCoordinate: false } or BroadcastTo => Aligned(node),
            ReductionOp op => Locate(node.Inputs[0], inputs[0]) is var (axis, inner) && !op.Axes.Contains(axis)
                ? At(node.Shape, op.KeepDims ? axis : axis - op.Axes.Count(a => a < axis), inner) : Flow.Broken,
            Reshape => inputs[0],
            Permute op => Locate(node.Inputs[0], inputs[0]) is var (axis, inner) ? At(node.Shape, op.Axes.ToList().IndexOf(axis), inner) : Flow.Broken,
            Slice op => OfSlice(node, op, inputs[0]),
            Concat op => Aligned(node) is { Kind: FlowKind.Sequence } flow && Locate(node.Shape, flow.Stride) is var (axis, _) && axis != op.Axis ? flow : Flow.Broken,
            MatMul op => OfProduct(node, op),
            IndexSelect { Axis: 0 } when inputs[0].Kind == FlowKind.Constant => Flow.Sequence(inputs[1].Stride * node.Inputs[0].Shape.Product(1, node.Inputs[0].Shape.Rank)),
            _ => Flow.Broken,
        };
    }

    Flow Leaf(Node node)
    {
        if (node.Op is SizeLeaf size) return size.Size.Symbols.Any(time.Symbols.Contains) ? Flow.Broken : Flow.Constant;
        if (!Mentions(node.Shape)) return Flow.Constant;
        int axis = node.Shape.ToList().IndexOf(time);
        return axis < 0 || node.Shape.Where((_, i) => i != axis).Any(d => d.Symbols.Any(time.Symbols.Contains)) ? Flow.Broken : At(node.Shape, axis, Dim.One);
    }

    bool Mentions(Shape shape) => shape.Any(d => d.Symbols.Any(time.Symbols.Contains));

    // ---- where time lies in a shape: in which axis, and how many elements of that axis belong to one step

    (int Axis, Dim Inner)? Locate(Node node, Flow flow) => flow.Kind == FlowKind.Sequence ? Locate(node.Shape, flow.Stride) : null;

    (int Axis, Dim Inner)? Locate(Shape shape, Dim stride)
    {
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (!shape[axis].Symbols.Any(time.Symbols.Contains)) continue;
            return stride.DivideExactly(shape.Product(axis + 1, shape.Rank)) is { } inner && shape[axis].DivideExactly(time * inner) is not null ? (axis, inner) : null;
        }
        return null;
    }

    Flow At(Shape shape, int axis, Dim inner) => Flow.Sequence(shape.Product(axis + 1, shape.Rank) * inner);

    // Operands side by side, aligned at their last axes: all sequences must have time in the same place.
    Flow Aligned(Node node)
    {
        Flow? all = null;
        foreach (var input in node.Inputs)
        {
            if (flows[input].Kind != FlowKind.Sequence) continue;
            if (Locate(input, flows[input]) is not var (axis, inner)) return Flow.Broken;
            int at = axis + node.Shape.Rank - input.Shape.Rank;
            // The axis of time may not be one that broadcasting or joining makes longer.
            if (node.Shape[at] != input.Shape[axis]) return Flow.Broken;
            var flow = At(node.Shape, at, inner);
            if (all is not null && all != flow) return Flow.Broken;
            all = flow;
        }
        return all ?? Flow.Broken;
    }

    Flow OfSlice(Node node, Slice op, Flow x)
    {
        if (Locate(node.Inputs[0], x) is not var (axis, inner)) return Flow.Broken;
        if (axis != op.Axis) return At(node.Shape, axis, inner);
        // Of the steps only the last one is the same for the whole sequence and its last piece.
        return inner.IsOne && node.Inputs[0].Shape[axis] == time && op.Start == time - 1 ? Flow.Latest : Flow.Broken;
    }

    Flow OfProduct(Node node, MatMul op)
    {
        var (a, b) = (flows[node.Inputs[0]], flows[node.Inputs[1]]);
        int rank = node.Shape.Rank;
        if (a.Kind == FlowKind.Sequence && b.Kind == FlowKind.Constant && Locate(node.Inputs[0], a) is var (row, inner))
            return row < rank - 2 || row == rank - (op.TransposeA ? 1 : 2) ? At(node.Shape, Math.Min(row, rank - 2), inner) : Flow.Broken;
        if (b.Kind == FlowKind.Sequence && a.Kind == FlowKind.Constant && Locate(node.Inputs[1], b) is var (column, step))
            return column < rank - 2 ? At(node.Shape, column, step) : column == rank - (op.TransposeB ? 2 : 1) ? At(node.Shape, rank - 1, step) : Flow.Broken;
        return Flow.Broken;
    }

    // A loop over time takes its steps in order; all else that it is given does not change with time.
    Flow OfLoop(Node node)
    {
        var (sequences, axis) = node.Op is Scan scan ? (scan.Sequences, 0) : (1, 1);
        if (node.Op is Scan { Reverse: true } or Recurrent { Reverse: true }) return Flow.Broken;
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            var flow = flows[node.Inputs[i]];
            bool isRight = i < sequences
                ? Locate(node.Inputs[i], flow) is var (at, inner) && at == axis && inner.IsOne && node.Inputs[i].Shape[axis] == time
                : flow.Kind == FlowKind.Constant;
            if (!isRight) return Flow.Broken;
        }
        return Flow.Sequence(Dim.One);
    }

    Flow OfResult(Node node, Result result)
    {
        var loop = node.Inputs[0].Op;
        bool isLast = loop is Scan scan ? result.Index < scan.Carries : result.Index == 1;
        return isLast ? Flow.Latest : At(node.Shape, loop is Scan ? 0 : 1, Dim.One);
    }
}
