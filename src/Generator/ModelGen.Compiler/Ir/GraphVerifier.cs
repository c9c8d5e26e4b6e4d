namespace ModelGen.Compiler.Ir;

/// <summary>Checks what every pass must keep: order, ownership and types.</summary>
internal static class GraphVerifier
{
    public static void Verify(Graph graph, string when)
    {
        foreach (var node in graph.Nodes)
        {
            foreach (var input in node.Inputs)
                if (input.Graph != graph || input.Id >= node.Id) throw new InvalidOperationException($"{when}: {node} uses {input}, which is not an earlier node of the graph.");
            var type = node.Op.Infer(node.Inputs.Select(i => i.Type).ToArray());
            if (type != node.Type) throw new InvalidOperationException($"{when}: {node} should be {type}.");
        }
        foreach (var root in graph.Roots)
            if (root.Graph != graph) throw new InvalidOperationException($"{when}: an output is a node of another graph: {root}.");
    }
}
