using ModelGen.Compiler.Ops;

namespace ModelGen.Compiler.Ir;

/// <summary>
/// A computation: nodes in topological order, its outputs, and the state it writes at the end. Nodes are immutable; a pass
/// builds a new graph. Equal op on equal inputs is one node from the start (value numbering), so "common subexpressions" are free.
/// </summary>
internal sealed class Graph
{
    readonly List<Node> nodes = [];
    readonly Dictionary<Structure, Node> byStructure = [];

    /// <summary>Ends all work on this graph and on what is rewritten from it: every new node asks.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The model's element type: that of values which no tensor gives one, such as indicators of labels.</summary>
    public DType Precision { get; init; } = DType.Float32;

    public IReadOnlyList<Node> Nodes => nodes;

    /// <summary>The <see cref="Node.Checkpoint"/> of the nodes that are made from here on.</summary>
    public string? Checkpoint { get; set; }

    /// <summary>The <see cref="Node.Repetition"/> of the nodes that are made from here on, leaves excepted.</summary>
    public int Repetition { get; set; }

    /// <summary>How many random tensors methods have drawn: the number of the next one. Layers have streams by their paths.</summary>
    public int Draws { get; set; }

    /// <summary>The stream of the next random tensor. No layer's path contains a space, so none has the same.</summary>
    public ulong NextStream() => Philox.Stream("draw " + (Draws++).ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>What is computed for the caller, by name.</summary>
    public List<(string Name, Node Value)> Outputs { get; } = [];

    /// <summary>State to overwrite after everything else, once the step is known to be good (running statistics).</summary>
    public List<(StateLeaf State, Node Value)> Updates { get; } = [];

    /// <summary>Each application of a layer in order: path, kind and result. For descriptions only.</summary>
    public List<(string Path, string Kind, Node Result)> Layers { get; } = [];

    public Node Add(Op op, params Node[] inputs) => Add(op, inputs, type: null);

    // A node that is copied with inputs of the same types has the same type: it need not be inferred again.
    Node Add(Op op, Node[] inputs, TensorType? type)
    {
        foreach (var input in inputs)
            if (input.Graph != this) throw new InvalidOperationException($"'{op}' was given a node of another graph: {input}.");
        int repetition = op is LeafOp ? 0 : Repetition;
        var key = new Structure(op, inputs, repetition);
        if (byStructure.TryGetValue(key, out var known)) return known;
        Cancellation.ThrowIfCancellationRequested();
        var node = new Node(this, nodes.Count, op, inputs, type ?? op.Infer(Array.ConvertAll(inputs, i => i.Type)), Checkpoint, repetition);
        IndexRange.Check(node);
        nodes.Add(node);
        byStructure[key] = node;
        return node;
    }

    public Node Constant(double value, DType type) => Add(new ConstantLeaf(value, type));

    /// <summary>The value of a symbolic size as a scalar, for means over symbolic axes.</summary>
    public Node Size(Dim size, DType type) =>
        size.IsConstant ? Constant(size.Value, type) : Add(new SizeLeaf(size, type));

    /// <summary>Outputs and updates: what must be computed.</summary>
    public IEnumerable<Node> Roots => Outputs.Select(o => o.Value).Concat(Updates.Select(u => u.Value));

    /// <summary>The nodes that the roots need, in topological order.</summary>
    public List<Node> Live()
    {
        var live = new bool[nodes.Count];
        foreach (var root in Roots) live[root.Id] = true;
        for (int i = nodes.Count - 1; i >= 0; i--)
            if (live[i])
                foreach (var input in nodes[i].Inputs) live[input.Id] = true;
        return nodes.FindAll(n => live[n.Id]);
    }

    /// <summary>
    /// A new graph in which every live node is replaced by what <paramref name="rewrite"/> makes of it, given the new inputs.
    /// Null keeps the op. This is how every pass is written.
    /// </summary>
    public Graph Rewrite(Func<Graph, Node, Node[], Node?> rewrite)
    {
        var result = new Graph { Cancellation = Cancellation, Precision = Precision };
        var map = new Node[nodes.Count];
        foreach (var node in Live())
        {
            var inputs = new Node[node.Inputs.Count];
            bool sameTypes = true;
            for (int i = 0; i < inputs.Length; i++)
            {
                inputs[i] = map[node.Inputs[i].Id];
                sameTypes &= inputs[i].Type == node.Inputs[i].Type;
            }
            (result.Repetition, result.Checkpoint) = (node.Repetition, node.Checkpoint);
            var replacement = rewrite(result, node, inputs) ?? result.Add(node.Op, inputs, sameTypes ? node.Type : null);
            replacement.Name ??= node.Name;
            replacement.Origin ??= node.Origin;
            map[node.Id] = replacement;
        }
        (result.Repetition, result.Checkpoint) = (0, null);
        foreach (var (name, value) in Outputs) result.Outputs.Add((name, map[value.Id]));
        foreach (var (state, value) in Updates) result.Updates.Add((state, map[value.Id]));
        return result;
    }

    // What value numbering compares: the op's identity and the inputs.
    readonly struct Structure(Op op, Node[] inputs, int repetition) : IEquatable<Structure>
    {
        readonly int repetition = repetition;
        readonly Op op = op;
        readonly Node[] inputs = inputs;

        public bool Equals(Structure other)
        {
            if (inputs.Length != other.inputs.Length || repetition != other.repetition) return false;
            for (int i = 0; i < inputs.Length; i++)
                if (!ReferenceEquals(inputs[i], other.inputs[i])) return false;
            return ReferenceEquals(op, other.op) || op.Identity == other.op.Identity;
        }

        public override bool Equals(object? obj) => obj is Structure other && Equals(other);

        public override int GetHashCode()
        {
            int hash = StringComparer.Ordinal.GetHashCode(op.Identity);
            foreach (var input in inputs) hash = unchecked((hash * 31) + input.Id);
            return hash;
        }
    }
}
