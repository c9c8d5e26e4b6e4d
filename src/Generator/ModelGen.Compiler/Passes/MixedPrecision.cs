using ModelGen.Compiler.Autodiff;

namespace ModelGen.Compiler.Passes;

/// <summary>
/// Mixed precision (P. Micikevicius et al., ICLR 2018). Two rules, which say all of it: factors of products, convolutions and attention are rounded to the format of
/// 16 bits, forwards and backwards; and what the backward pass reads of the forward pass is rounded, too, so that it is kept in half of the memory. Not rounded are sums
/// and what is computed from them alone (statistics of norms, losses), random numbers, numbers that are compared for being equal, and what a loop over time carries.
/// </summary>
/// <remarks>Runs behind autodiff, on the ops that the user wrote: the rules are about these, not about what they are made of.</remarks>
internal sealed class MixedPrecision
{
    readonly DType format;
    readonly int forward;

    // The inside of attentions: its products have weights that eager code never sees.
    readonly HashSet<Node> insideAttention;
    readonly Dictionary<Node, bool> exact = [];

    MixedPrecision(DType format, int forward, HashSet<Node> insideAttention) => (this.format, this.forward, this.insideAttention) = (format, forward, insideAttention);

    /// <param name="graph">What to compute.</param>
    /// <param name="forward">How many of its nodes, the first ones, are the forward pass.</param>
    /// <param name="format">The model's; null rounds nothing.</param>
    public static Graph Apply(Graph graph, int forward, DType? format)
    {
        if (format is not { } narrow) return graph;
        var inside = new HashSet<Node>();
        (graph, forward) = WithFormulas(graph, forward, inside);
        return graph.Rewrite(new MixedPrecision(narrow, forward, inside).Round);
    }

    // Attention as the formula that it is: the backward pass reads the weights of the forward pass.
    static (Graph Graph, int Forward) WithFormulas(Graph graph, int forward, HashSet<Node> inside)
    {
        int boundary = -1;
        var result = graph.Rewrite((target, node, inputs) =>
        {
            if (boundary < 0 && node.Id >= forward) boundary = target.Nodes.Count;
            if (node.Op is not ScaledDotProductAttention attention) return null;
            int first = target.Nodes.Count;
            var y = attention.Decompose(new Node(target, -1, attention, inputs, node.Type));
            inside.UnionWith(target.Nodes.Skip(first));
            return y;
        });
        return (result, boundary < 0 ? result.Nodes.Count : boundary);
    }

    Node? Round(Graph target, Node node, Node[] inputs)
    {
        if (!IsForward(node)) target.Repetition = Backward;
        if (node.Op is Scan scan) return target.Add(scan.With(Apply(scan.Body, scan.Body.Nodes.Count, format)), inputs);
        Node[]? rounded = null;
        for (int i = 0; i < inputs.Length; i++)
        {
            if (!inputs[i].DType.IsFloat() || !IsRounded(node, i)) continue;
            rounded ??= [.. inputs];
            rounded[i] = Rounded(target, inputs[i], node, IsForward(Root(node.Inputs[i])));
        }
        return rounded is null ? null : target.Add(node.Op, rounded);
    }

    bool IsRounded(Node node, int input)
    {
        var root = Root(node.Inputs[input]);
        if (node.Op.IsFactor(input) && !(IsForward(node) && insideAttention.Contains(node) && insideAttention.Contains(root))) return true;
        return !IsForward(node) && !IsView(node.Op) && IsForward(root) && root.Op is not (LeafOp or Result or MultiResultOp) && node.Op.ToleratesRounding(input) && !IsExact(root);
    }

    // What is computed again is the forward pass once more.
    bool IsForward(Node node) => node.Id < forward || node.Repetition != 0;

    // Sums, random numbers, and what is computed from these and from what was given alone.
    bool IsExact(Node node)
    {
        if (exact.TryGetValue(node, out bool known)) return known;
        return exact[node] = node.Op switch
        {
            LeafOp or ReductionOp or RandomUniform => true,
            ElementwiseOp or MovementOp or CompositeOp => node.Inputs.All(IsExact),
            _ => false,
        };
    }

    static bool IsView(Op op) => op is Reshape or Permute or BroadcastTo;

    static Node Root(Node node)
    {
        while (IsView(node.Op)) node = node.Inputs[0];
        return node;
    }

    // A view of rounded numbers, so that all who read them read the same memory.
    Node Rounded(Graph target, Node x, Node reader, bool isForward)
    {
        if (IsView(x.Op)) return target.Add(x.Op, Rounded(target, x.Inputs[0], reader, isForward));
        // Products and loops read 16 bits.
        bool isWide = reader.Op is KernelOp and not MatMul;
        bool isKept = isForward && !IsForward(reader) && x.Op is not LeafOp;
        var narrow = isWide && !isKept ? null : Add(target, x, isWide: false, x.Repetition);
        // Widened late: not with the forward pass, which would keep it.
        return !isWide ? narrow! : narrow is null ? Add(target, x, isWide: true, x.Repetition) : Add(target, narrow, isWide: true, FirstWidening + reader.Id);
    }

    // What the backward pass computes of kept values alone (the slope of an activation) is computed late: with the forward pass it would be kept in their stead, in 32 bits.
    // The numbers lie beyond those that checkpointing uses.
    const int Backward = 1 << 20, FirstWidening = Backward + 1;

    Node Add(Graph target, Node x, bool isWide, int repetition)
    {
        if (x.Op is RoundTo known && known.IsWide == isWide) return x;
        int own = target.Repetition;
        target.Repetition = repetition;
        var y = RoundTo.Of(x, format, isWide);
        target.Repetition = own;
        if (x.Name is { } name && y.Name is null) y.Name = isWide ? name + "Wide" : name + "Rounded";
        return y;
    }
}
