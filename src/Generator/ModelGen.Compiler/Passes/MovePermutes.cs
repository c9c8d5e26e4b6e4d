namespace ModelGen.Compiler.Passes;

/// <summary>
/// Moves permutes towards each other. The user sees images as [N, C, H, W], kernels want [N, H, W, C]; every spatial op therefore
/// sits between two permutes. Moved through the elementwise ops and reductions between them, they meet their inverse and vanish, and
/// a whole convolutional network runs channels-last. Source of the idea: layout assignment by transpose sinking, as in XLA and TVM.
/// </summary>
internal static class MovePermutes
{
    public static readonly Pass Pass = new("move permutes", graph =>
    {
        for (int round = 0; round < 32; round++)
        {
            bool changed = false;
            graph = graph.Rewrite((target, node, inputs) =>
            {
                var moved = Sink(target, node, inputs) ?? Hoist(target, node, inputs);
                changed |= moved is not null;
                return moved;
            });
            if (!changed) break;
            graph = Simplify.Pass.Run(graph);
        }
        return graph;
    });

    /// <summary>f(Pᵖ a, Pᵖ b, c) = Pᵖ f(a, b, P⁻ᵖ c), when every full-sized operand is permuted alike and c is small (a bias, a scalar).</summary>
    static Node? Sink(Graph g, Node node, Node[] x)
    {
        if (node.Op is ReductionOp reduction && x[0].Op is Permute moved)
        {
            // Reduce the axes where they are, then permute the (smaller) result.
            var axes = reduction.Axes.Select(a => moved.Axes[a]);
            var kept = g.Add(reduction.With(axes, keepDims: true), x[0].Inputs[0]);
            return Reshape.Of(Permute.Of(kept, moved.Axes.ToArray()), node.Shape);
        }

        if (node.Op is not ElementwiseOp op || op.UsesCoordinate || node.Inputs.Count == 0) return null;
        if (x.FirstOrDefault(n => n.Op is Permute && n.Shape == node.Shape)?.Op is not Permute permute) return null;
        bool alike = x.All(n => n.Op is Permute p && n.Shape == node.Shape ? p.Axes.SequenceEqual(permute.Axes) : IsSmall(n, node.Shape));
        if (!alike) return null;
        var operands = x.Select(n => n.Op is Permute && n.Shape == node.Shape ? n.Inputs[0] : Unpermute(n, permute.Axes)).ToArray();
        return Permute.Of(g.Add(op, operands), permute.Axes.ToArray());
    }

    /// <summary>Pᵖ f(a, Pᵠ b) = f(Pᵖ a, PᵖPᵠ b), when that cancels a permute of some operand.</summary>
    static Node? Hoist(Graph g, Node node, Node[] x)
    {
        if (node.Op is not Permute permute || x[0].Op is not ElementwiseOp op || op.UsesCoordinate) return null;
        var inverse = Permute.Inverse(permute.Axes);
        bool cancels = x[0].Inputs.Any(n => n.Shape == x[0].Shape && n.Op is Permute p && p.Axes.SequenceEqual(inverse));
        if (!cancels) return null;
        var operands = x[0].Inputs.Select(n => n.Shape == x[0].Shape ? Permute.Of(n, permute.Axes.ToArray())
            : Unpermute(n, inverse)).ToArray();
        return g.Add(op, operands);
    }

    static bool IsSmall(Node n, Shape full) => n.Shape != full;

    // A broadcast operand, padded to full rank, with its axes put back to where they are before the permute.
    static Node Unpermute(Node n, IReadOnlyList<int> axes)
    {
        if (n.Shape.Rank == 0) return n;
        int missing = axes.Count - n.Shape.Rank;
        var padded = missing == 0 ? n : Reshape.Of(n, new Shape(Enumerable.Repeat(Dim.One, missing).Concat(n.Shape)));
        return Permute.Of(padded, Permute.Inverse(axes));
    }
}
