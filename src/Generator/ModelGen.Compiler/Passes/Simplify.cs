namespace ModelGen.Compiler.Passes;

/// <summary>Local algebra that never changes a value by more than the rounding of a constant, repeated until nothing changes.</summary>
internal static class Simplify
{
    public static readonly Pass Pass = new("simplify", graph =>
    {
        for (int round = 0; round < 16; round++)
        {
            bool changed = false;
            graph = graph.Rewrite((target, node, inputs) =>
            {
                var better = Rewrite(target, node, inputs);
                changed |= better is not null;
                return better;
            });
            if (!changed) break;
        }
        return graph;
    });

    static Node? Rewrite(Graph g, Node node, Node[] x) => node.Op switch
    {
        Reshape op => Reshapes(g, op, x[0]),
        Permute op => Permutes(g, op, x[0]),
        BroadcastTo op => x[0].Op is BroadcastTo ? BroadcastTo.Of(x[0].Inputs[0], op.Target) : null,
        ReductionOp op => Reductions(g, op, node, x[0]),
        MatMul op => Products(g, op, x),
        ElementwiseOp op => Elementwise(g, op, node, x),
        _ => null,
    };

    static Node? Reshapes(Graph g, Reshape op, Node x)
    {
        if (x.Shape == op.Target) return x;
        // A view of memory that is not there: a constant of other axes is a broadcast one, which a loop writes as a literal.
        if (x.Op is ConstantLeaf or SizeLeaf) return BroadcastTo.Of(x, op.Target);
        return x.Op is Reshape ? Reshape.Of(x.Inputs[0], op.Target) : null;
    }

    static Node? Permutes(Graph g, Permute op, Node x)
    {
        if (x.Op is Permute inner) return Permute.Of(x.Inputs[0], op.Axes.Select(a => inner.Axes[a]).ToArray());
        // Axes of size 1 may go anywhere: when the others stay in order, no element moves.
        var moving = op.Axes.Where(a => !x.Shape[a].IsOne).ToArray();
        return moving.SequenceEqual(moving.OrderBy(a => a)) ? Reshape.Of(x, x.Shape.Permuted(op.Axes)) : null;
    }

    static Node? Reductions(Graph g, ReductionOp op, Node node, Node x)
    {
        if (op.Axes.All(a => x.Shape[a].IsOne)) return Reshape.Of(x, node.Shape);
        // Σ over broadcast copies is a multiple; it appears where a mean is differentiated through a broadcast.
        if (op is Sum && x.Op is BroadcastTo && Broadcasting.RepeatedAxes(x.Inputs[0].Shape, x.Shape) is { } repeated && op.Axes.All(repeated.Contains))
        {
            var count = op.Axes.Aggregate(Dim.One, (d, a) => d * x.Shape[a]);
            var scaled = x.Inputs[0] * g.Size(count, x.DType);
            var rest = new Shape(x.Shape.Select((d, i) => op.Axes.Contains(i) ? Dim.One : d));
            int missing = rest.Rank - scaled.Shape.Rank;
            var aligned = Reshape.Of(scaled, new Shape(Enumerable.Repeat(Dim.One, missing).Concat(scaled.Shape)));
            return Reshape.Of(BroadcastTo.Of(aligned, rest), node.Shape);
        }
        return null;
    }

    // A transposed operand is a stride, not a copy.
    static Node? Products(Graph g, MatMul op, Node[] x)
    {
        bool a = SwapsLastTwo(x[0]), b = SwapsLastTwo(x[1]);
        return a || b
            ? g.Add(new MatMul(op.TransposeA ^ a, op.TransposeB ^ b), a ? x[0].Inputs[0] : x[0], b ? x[1].Inputs[0] : x[1])
            : null;
    }

    static bool SwapsLastTwo(Node x) => x.Op is Permute p
        && p.Axes.Select((axis, i) => axis == (i == p.Axes.Count - 1 ? i - 1 : i == p.Axes.Count - 2 ? i + 1 : i)).All(same => same);

    static Node? Elementwise(Graph g, ElementwiseOp op, Node node, Node[] x)
    {
        // Broadcasting is free inside an elementwise op, as long as another operand gives the shape.
        for (int i = 0; i < x.Length; i++)
        {
            if (x[i].Op is not BroadcastTo) continue;
            var narrow = (Node[])x.Clone();
            narrow[i] = x[i].Inputs[0];
            if (op.Infer(narrow.Select(n => n.Type).ToArray()).Shape == node.Shape) return g.Add(op, narrow);
        }

        if (x.Length > 0 && x.All(n => n.Op is ConstantLeaf) && !op.UsesCoordinate)
            return g.Constant(op.Forward(x.Select(n => (Scalar)((ConstantLeaf)n.Op).Value).ToArray()).Evaluate(_ => 0), node.DType);

        return op switch
        {
            Add when Is(x[0], 0) => Same(x[1], node),
            Add when Is(x[1], 0) => Same(x[0], node),
            Add when x[1].Op is Negate => x[0] - x[1].Inputs[0],
            Add when x[0].Op is Negate => x[1] - x[0].Inputs[0],
            Subtract when Is(x[1], 0) => Same(x[0], node),
            Subtract when x[1].Op is Negate => x[0] + x[1].Inputs[0],
            Multiply when Is(x[0], 1) => Same(x[1], node),
            Multiply when Is(x[1], 1) => Same(x[0], node),
            Multiply when Is(x[1], -1) => Same(-x[0], node),
            Multiply when x[0].Op is ConstantLeaf && x[1].Op is not ConstantLeaf => x[1] * x[0],
            Multiply when Factor(x[1]) is double c && x[0].Op is Multiply && Factor(x[0].Inputs[1]) is double d => x[0].Inputs[0] * g.Constant(c * d, node.DType),
            Divide when Is(x[1], 1) => Same(x[0], node),
            Negate when x[0].Op is Negate => x[0].Inputs[0],
            Negate when x[0].Op is Multiply && Factor(x[0].Inputs[1]) is double c => x[0].Inputs[0] * g.Constant(-c, node.DType),
            _ => null,
        };
    }

    // Only when the remaining operand already has the result's shape.
    static Node? Same(Node x, Node node) => x.Shape == node.Shape ? x : BroadcastTo.Of(x, node.Shape);

    static bool Is(Node x, double value) => Factor(x) == value;

    static double? Factor(Node x) => x.Op is ConstantLeaf c ? c.Value : null;
}
