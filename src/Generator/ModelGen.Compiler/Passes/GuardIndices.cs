namespace ModelGen.Compiler.Passes;

/// <summary>
/// Indices that a model is given are checked before it runs. Those that it computes itself cannot be: where nothing proves that they are in range, they go through
/// <see cref="CheckedIndex"/>, so that no kernel ever reads what is not there.
/// </summary>
internal static class GuardIndices
{
    public static readonly Pass Pass = new("guard indices", graph =>
    {
        graph.Cancellation.ThrowIfCancellationRequested();
        return graph.Nodes.Any(n => n.DType == DType.Int32 && n.Op is not LeafOp) ? graph.Rewrite(Guard) : graph;
    });

    static Node? Guard(Graph target, Node node, Node[] inputs)
    {
        bool changed = false;
        foreach (var (_, input, bound, ignored) in IndexRange.Uses([node]))
        {
            var index = inputs[input];
            if (Views.Root(index).Op is LeafOp || (IndexRange.Limit(index) is { } limit && bound.DominatesOrEquals(limit))) continue;
            inputs[input] = CheckedIndex.Of(index, bound, ignored);
            changed = true;
        }
        return changed ? target.Add(node.Op, inputs) : null;
    }
}
