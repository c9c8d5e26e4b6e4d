using ModelGen.Compiler.Layers;
using ModelGen.Compiler.Spec;

namespace ModelGen.Compiler.Lowering;

/// <summary>
/// Builds the graph of one compiled method, node by node. Capture drives it while it interprets the user's code (so every shape is
/// known and every broken rule surfaces at its expression); lowering replays a finished <see cref="FunctionSpec"/> through it.
/// </summary>
internal sealed class FunctionBuilder(DType precision, bool training, Func<string, LayerSpec> layer, CancellationToken cancellation = default) : IParameterSource
{
    readonly Dictionary<string, Node> leaves = new(StringComparer.Ordinal);
    bool frozen;

    public Graph Graph { get; } = new() { Cancellation = cancellation, Precision = precision };

    /// <summary>The element type of floating-point tensors.</summary>
    public DType Precision { get; } = precision;

    /// <summary>Whether a table of positions takes sequences of any length, which are checked when they run.</summary>
    public bool AnyLength { get; init; }

    public Node Input(InputSpec input) => Graph.Add(new InputLeaf(input.Name, new TensorType(input.DType, input.Shape)));

    public Node Constant(double value) => Graph.Constant(value, Precision);

    public Node Method(string key, IReadOnlyDictionary<string, object?> arguments)
    {
        int slash = key.LastIndexOf('/');
        var method = OpRegistry.Find(key.Substring(0, slash), int.Parse(key.Substring(slash + 1), System.Globalization.CultureInfo.InvariantCulture))
            ?? throw new InvalidOperationException($"There is no tensor method '{key}'.");
        int first = Graph.Nodes.Count;
        var result = Invocation.Invoke(Graph, method, arguments);
        NameParts(first, method.Name);
        return result;
    }

    /// <param name="path">The layer's path in the model.</param>
    /// <param name="inputs">The tensors it is applied to.</param>
    /// <param name="method">Its method, when it is not Forward.</param>
    public Node Layer(string path, IReadOnlyList<Node> inputs, string? method = null)
    {
        var spec = layer(path);
        var definition = LayerRegistry.Find(spec.Definition) ?? throw new InvalidOperationException($"There is no layer '{spec.Definition}'.");
        frozen = spec.Frozen;
        int first = Graph.Nodes.Count;
        var result = Invocation.Apply(Graph, definition, spec.Arguments.ToDictionary(a => a.Name, a => a.Value(_ => throw new InvalidOperationException("A layer's argument cannot be a tensor."))),
            path, $"Layer '{path}'", inputs, training, this, method, AnyLength);
        NameParts(first, definition.Name);
        Graph.Layers.Add((path, method is null ? spec.Definition : $"{spec.Definition}.{method}", result));
        return result;
    }

    // A method or layer of several nodes names the kernels they end up in: a LayerNorm, not its sums and quotients. Products and convolutions
    // speak for themselves.
    void NameParts(int first, string origin)
    {
        var parts = Graph.Nodes.Skip(first).Where(n => n.Op is not (LeafOp or MovementOp)).ToArray();
        if (parts.Length < 2 || parts.Any(n => n.Op is KernelOp)) return;
        foreach (var part in parts) part.Origin ??= origin;
    }

    /// <summary>Replays one recorded node.</summary>
    public Node Replay(NodeSpec node, FunctionSpec function, Func<int, Node> earlier)
    {
        var result = node.Kind switch
        {
            NodeKind.Input => Input(function.Inputs[int.Parse(node.Target, System.Globalization.CultureInfo.InvariantCulture)]),
            NodeKind.Constant => Constant(node.Arguments[0].Number),
            NodeKind.Layer => Layer(node.Target, node.Arguments.Select(a => earlier(a.Nodes[0])).ToArray(), node.Method),
            _ => Method(node.Target, node.Arguments.ToDictionary(a => a.Name, a => a.Value(earlier))),
        };
        result.Name ??= node.Name;
        return result;
    }

    Node IParameterSource.Parameter(string path, Shape logicalShape, IReadOnlyList<int> storageAxes, Initializer initializer) =>
        Leaf(path, new ParameterLeaf(path, logicalShape, storageAxes, initializer, frozen, Precision));

    Node IParameterSource.State(string path, Shape shape, Initializer initializer) => Leaf(path, new StateLeaf(path, shape, initializer, Precision));

    // The leaf is found by its path, so two uses of one layer share its weights; their shapes must agree.
    Node Leaf(string path, LeafOp leaf)
    {
        if (!leaves.TryGetValue(path, out var node)) return leaves[path] = Graph.Add(leaf);
        if (node.Type != leaf.Type) throw new ModelException(Rules.FeatureCount,
            $"'{path}' is used twice with different shapes: {node.Shape} first, now {leaf.Type.Shape}; use two layers.");
        return node;
    }

    void IParameterSource.Update(string path, Node value)
    {
        var state = (StateLeaf)leaves[path].Op;
        Graph.Updates.RemoveAll(u => u.State.Path == path);   // applied twice in one step: the last one counts
        Graph.Updates.Add((state, value));
    }
}
