namespace ModelGen.Compiler.Autodiff;

/// <summary>
/// Activation checkpointing: the backward pass computes the activations of a marked layer again instead of keeping them. What other parts of the forward pass
/// read, the layer's result above all, is kept as ever   (T. Chen et al. 2016, "Training deep nets with sublinear memory cost").
/// </summary>
internal static class Checkpointing
{
    /// <summary>The same graph, in which the backward pass reads a second computation of what lies inside marked layers.</summary>
    /// <param name="graph">Forward and backward pass.</param>
    /// <param name="forward">How many of its nodes, the first ones, are the forward pass.</param>
    /// <returns>The graph, and how many of its nodes are the first computation.</returns>
    public static (Graph Graph, int Forward) Apply(Graph graph, int forward)
    {
        var live = graph.Live();
        if (!live.Any(n => n.Checkpoint is not null)) return (graph, forward);

        // Inside: read by nobody in the forward pass but the same application.
        var inside = new HashSet<Node>(live.Where(n => n.Id < forward && n.Checkpoint is not null && n.Op is not LeafOp));
        foreach (var node in live.Where(n => n.Id < forward))
            foreach (var input in node.Inputs)
                if (node.Checkpoint != input.Checkpoint) inside.Remove(input);
        inside.ExceptWith(graph.Roots);
        // A view that is kept keeps what it is a view of.
        foreach (var node in Enumerable.Reverse(live))
            if (node.Op is Reshape && !inside.Contains(node)) inside.Remove(node.Inputs[0]);

        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var again = new Dictionary<Node, Node>();
        var first = new Dictionary<Node, Node>();
        int boundary = -1;
        var result = new Graph { Cancellation = graph.Cancellation, Precision = graph.Precision };
        foreach (var node in live)
        {
            // The second computation stands where it is first needed.
            bool isBackward = node.Id >= forward;
            if (isBackward && boundary < 0) boundary = result.Nodes.Count;
            first[node] = Copy(node, node.Inputs.Select(i => isBackward && inside.Contains(i) ? Again(i) : first[i]).ToArray(), repetition: 0);
        }
        foreach (var (name, value) in graph.Outputs) result.Outputs.Add((name, first[value]));
        foreach (var (state, value) in graph.Updates) result.Updates.Add((state, first[value]));
        return (result, boundary < 0 ? result.Nodes.Count : boundary);

        Node Again(Node node)
        {
            if (again.TryGetValue(node, out var known)) return known;
            if (!numbers.TryGetValue(node.Checkpoint!, out int number)) numbers[node.Checkpoint!] = number = numbers.Count + 1;
            return again[node] = Copy(node, node.Inputs.Select(i => inside.Contains(i) ? Again(i) : first[i]).ToArray(), number);
        }

        Node Copy(Node node, Node[] inputs, int repetition)
        {
            result.Repetition = repetition;
            var copy = result.Add(node.Op, inputs);
            result.Repetition = 0;
            copy.Name ??= repetition == 0 ? node.Name : null;
            copy.Origin ??= node.Origin;
            return copy;
        }
    }
}
