namespace ModelGen.Compiler.Lowering;

/// <summary>A loop over the steps of a tensor whose body is being built.</summary>
/// <param name="outer">The graph around it.</param>
/// <param name="reverse">Whether the steps go from the last element to the first.</param>
internal sealed class OpenLoop(Graph outer, bool reverse)
{
    readonly List<Node> sequences = [], invariants = [];
    readonly List<(Node First, string? Name)> carries = [];
    readonly Dictionary<Node, Node> leaves = [];

    public Graph Outer { get; } = outer;
    public Graph Body { get; } = new() { Cancellation = outer.Cancellation, Precision = outer.Precision };

    /// <summary>The row of a sequence, whose steps are its first axis. Sequences come before carries, and those before all else.</summary>
    public Node Step(Node sequence)
    {
        sequences.Add(sequence);
        return Leaf(new TensorType(sequence.DType, new Shape(sequence.Shape.Skip(1))));
    }

    /// <summary>A value that each step takes from the one before.</summary>
    /// <param name="first">Its value before the first step.</param>
    /// <param name="name">The variable that holds it.</param>
    public Node Carry(Node first, string? name)
    {
        carries.Add((first, name));
        return Leaf(first.Type);
    }

    /// <summary>A value of the graph around the loop: the same in every step.</summary>
    public Node Import(Node node)
    {
        if (Views.IsImmediate(node)) return Body.Add(node.Op);
        if (leaves.TryGetValue(node, out var leaf)) return leaf;
        invariants.Add(node);
        return leaves[node] = Leaf(node.Type);
    }

    /// <summary>Ends the body; the loop is a node of the graph around it.</summary>
    /// <param name="next">The next value of each carry.</param>
    /// <param name="stacked">What each step gives.</param>
    /// <param name="keep">Whether there will be a way back.</param>
    public Node Close(IReadOnlyList<Node> next, IReadOnlyList<Node> stacked, bool keep)
    {
        for (int i = 0; i < next.Count; i++)
        {
            var (first, name) = carries[i];
            if (next[i].Type != first.Type) throw new ModelException(Rules.SameShape,
                $"A tensor that a loop carries from step to step must keep its shape, but {(name is null ? "one" : $"'{name}'")} is {first.Shape} before the first step and {next[i].Shape} after it.");
            Body.Outputs.Add(("next" + i.ToString(System.Globalization.CultureInfo.InvariantCulture), next[i]));
        }
        for (int i = 0; i < stacked.Count; i++) Body.Outputs.Add(("each" + i.ToString(System.Globalization.CultureInfo.InvariantCulture), stacked[i]));
        return Outer.Add(new Scan(Body, sequences.Count, carries.Count, keep, reverse), [.. sequences, .. carries.Select(c => c.First), .. invariants]);
    }

    Node Leaf(TensorType type) => Body.Add(new ScanLeaf(sequences.Count + carries.Count + invariants.Count - 1, type));
}
