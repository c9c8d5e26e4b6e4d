namespace ModelGen.Compiler.Passes;

/// <summary>Replaces every composite op by the primitive nodes it is made of; they remember its name.</summary>
internal static class Decompose
{
    public static readonly Pass Pass = new("decompose", graph =>
    {
        // A composite may be made of composites.
        while (graph.Live().Any(n => n.Op is CompositeOp)) graph = graph.Rewrite(Expand);
        return graph;
    });

    static Node? Expand(Graph target, Node node, Node[] inputs)
    {
        if (node.Op is not CompositeOp composite) return null;
        int first = target.Nodes.Count;
        var placeholder = new Node(target, -1, composite, inputs, node.Type);
        var result = composite.Decompose(placeholder);
        foreach (var part in target.Nodes.Skip(first)) part.Origin ??= node.Origin ?? composite.Name;
        return result;
    }
}
