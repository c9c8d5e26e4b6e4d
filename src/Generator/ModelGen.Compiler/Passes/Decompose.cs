namespace ModelGen.Compiler.Passes;

/// <summary>Replaces every composite op by the primitive nodes it is made of; they remember its name.</summary>
internal static class Decompose
{
    public static readonly Pass Pass = new("decompose", graph => Except(graph, _ => false));

    /// <summary>The same for all but some.</summary>
    public static Graph Except(Graph graph, Func<CompositeOp, bool> kept)
    {
        // A composite may be made of composites.
        while (graph.Live().Any(n => n.Op is CompositeOp op && !kept(op))) graph = graph.Rewrite((target, node, inputs) => Expand(target, node, inputs, kept));
        return graph;
    }

    static Node? Expand(Graph target, Node node, Node[] inputs, Func<CompositeOp, bool> kept)
    {
        if (node.Op is not CompositeOp composite || kept(composite)) return null;
        int first = target.Nodes.Count;
        var placeholder = new Node(target, -1, composite, inputs, node.Type);
        var result = composite.Decompose(placeholder);
        foreach (var part in target.Nodes.Skip(first)) part.Origin ??= node.Origin ?? composite.Name;
        return result;
    }
}
