using ModelGen.Compiler.Autodiff;
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
    readonly List<OpenLoop> loops = [];
    bool frozen;
    int cotangents;

    /// <summary>The function's graph.</summary>
    public Graph Graph { get; } = new() { Cancellation = cancellation, Precision = precision };

    /// <summary>What is being built: the function, or the body of the innermost loop.</summary>
    public Graph Current => loops.Count > 0 ? loops[loops.Count - 1].Body : Graph;

    /// <summary>The element type of floating-point tensors.</summary>
    public DType Precision { get; } = precision;

    /// <summary>Whether a table of positions takes sequences of any length, which are checked when they run.</summary>
    public bool AnyLength { get; init; }

    public Node Input(InputSpec input)
    {
        var node = Graph.Add(new InputLeaf(input.Name, new TensorType(input.DType, input.Shape)));
        node.Name = input.Name;
        return node;
    }

    public Node Constant(double value) => Current.Constant(value, Precision);

    /// <param name="key">Name and number of parameters.</param>
    /// <param name="arguments">By parameter name.</param>
    /// <param name="part">Which of its results.</param>
    public Node Method(string key, IReadOnlyDictionary<string, object?> arguments, int part = 0)
    {
        int slash = key.LastIndexOf('/');
        var method = OpRegistry.Find(key.Substring(0, slash), int.Parse(key.Substring(slash + 1), System.Globalization.CultureInfo.InvariantCulture))
            ?? throw new InvalidOperationException($"There is no tensor method '{key}'.");
        int first = Current.Nodes.Count, draws = Current.Draws;
        var local = arguments.ToDictionary(a => a.Key, a => a.Value switch { Node node => Local(node), Node[] several => Array.ConvertAll(several, Local), var other => other });
        var result = Invocation.InvokeAll(Current, method, local)[part];
        if (loops.Count > 0 && Current.Draws > draws) throw new ModelException(Rules.Construct,
            $"'{method.Name}' would draw the same numbers in each step of the loop; draw those of all steps before it, and go through them with the steps.");
        NameParts(first, method.Name);
        return result;
    }

    /// <param name="path">The layer's path in the model.</param>
    /// <param name="inputs">The tensors it is applied to; null for one that is left out.</param>
    /// <param name="method">Its method, when it is not Forward.</param>
    /// <param name="part">Which of its results.</param>
    public Node Layer(string path, IReadOnlyList<Node?> inputs, string? method = null, int part = 0)
    {
        var spec = layer(path);
        var definition = LayerRegistry.Find(spec.Definition) ?? throw new InvalidOperationException($"There is no layer '{spec.Definition}'.");
        frozen = spec.Frozen;
        int first = Current.Nodes.Count;
        var result = Invocation.ApplyAll(Current, definition, spec.Arguments.ToDictionary(a => a.Name, a => a.Value(_ => throw new InvalidOperationException("A layer's argument cannot be a tensor."))),
            path, $"Layer '{path}'", inputs.Select(i => i is null ? null : Local(i)).ToArray(), training, this, method, AnyLength)[part];
        NameParts(first, definition.Name);
        if (part == 0) Graph.Layers.Add((path, method is null ? spec.Definition : $"{spec.Definition}.{method}", result));
        return result;
    }

    /// <summary>A derivative that the user asks for: <see cref="Derivatives"/>.</summary>
    public Node Derivative(string method, Node y, Node x, Node? v, int element = -1) => Derivatives.Of(method, Local(y), Local(x), v is null ? null : Local(v), element);

    /// <summary>The gradient of <paramref name="y"/>, for a gradient that the user writes.</summary>
    public Node Cotangent(Node y)
    {
        if (loops.Count > 0) throw new ModelException(Rules.Construct,
            $"A gradient of your own ('{Ops.CustomGradient.Spelling}') cannot stand in a loop over steps; apply it to all steps at once, before or behind the loop.");
        return Graph.Add(new Cotangent((cotangents++).ToString(System.Globalization.CultureInfo.InvariantCulture), y.Type));
    }

    /// <summary><paramref name="y"/> with gradients of the user's own.</summary>
    /// <param name="y">The value.</param>
    /// <param name="x">What it is computed from.</param>
    /// <param name="cotangent">Stands for the gradient of y in <paramref name="gradients"/>.</param>
    /// <param name="gradients">The gradient of each x.</param>
    public Node CustomGradient(Node y, IReadOnlyList<Node> x, Node cotangent, IReadOnlyList<Node> gradients)
    {
        for (int i = 0; i < x.Count; i++) Ops.CustomGradient.RequireShape(gradients[i].Type, x[i].Type, i);
        return Graph.Add(new CustomGradient(cotangents++, dy => Substitution.Replace(gradients, cotangent, dy)), [y, .. x]);
    }

    // A method or layer of several nodes names the kernels they end up in: a LayerNorm, not its sums and quotients. Products and convolutions
    // speak for themselves.
    void NameParts(int first, string origin)
    {
        var parts = Current.Nodes.Skip(first).Where(n => n.Op is not (LeafOp or MovementOp or Result)).ToArray();
        if (parts.Length < 2 || parts.Any(n => n.Op is KernelOp)) return;
        foreach (var part in parts) part.Origin ??= origin;
    }

    // ---- loops over the steps of a tensor

    /// <summary>How many loops are open.</summary>
    public int Depth => loops.Count;

    /// <summary>Opens a loop; what follows is its body. Returns what stands for one step.</summary>
    /// <param name="sequence">The tensor.</param>
    /// <param name="axis">The axis of its steps.</param>
    /// <param name="reverse">Whether the last one comes first.</param>
    public Node BeginScan(Node sequence, int axis, bool reverse)
    {
        var rows = Local(sequence);
        if (axis != 0) rows = Permute.Of(rows, [axis, .. Enumerable.Range(0, rows.Shape.Rank).Where(a => a != axis)]);
        loops.Add(new OpenLoop(Current, reverse));
        return loops[loops.Count - 1].Step(rows);
    }

    /// <summary>A value that the open loop carries from step to step; before anything of the body.</summary>
    public Node Carry(Node first, string? name)
    {
        var loop = loops[loops.Count - 1];
        loops.RemoveAt(loops.Count - 1);
        RequireNumbers(first);
        var outer = Local(first);
        loops.Add(loop);
        return loop.Carry(outer, name);
    }

    /// <summary>Ends the open loop.</summary>
    /// <param name="next">The next value of each carry, in order.</param>
    /// <param name="each">What each step gives.</param>
    public Node EndScan(IReadOnlyList<Node> next, IReadOnlyList<Node> each)
    {
        foreach (var value in each) RequireNumbers(value);
        Node[] values = next.Select(Local).ToArray(), given = each.Select(Local).ToArray();
        var loop = loops[loops.Count - 1];
        loops.RemoveAt(loops.Count - 1);
        return loop.Close(values, given, keep: training);
    }

    // The memory of a loop holds numbers.
    static void RequireNumbers(Node value)
    {
        if (!value.DType.IsFloat()) throw new ModelException(Rules.Construct, "A loop over steps carries and collects tensors, not integers; use ToTensor() inside of it, and ToInt() behind it.");
    }

    /// <summary>A result of a loop: the last value of a carry, or what all steps gave.</summary>
    public Node ScanResult(Node scan, int result) => MultiResultOp.Part(Local(scan), result);

    /// <summary>Forgets the innermost loops.</summary>
    public void Abandon(int depth) => loops.RemoveRange(depth, loops.Count - depth);

    // A value as the innermost body sees it.
    Node Local(Node node)
    {
        if (node.Graph == Current) return node;
        int level = loops.FindIndex(l => l.Outer == node.Graph);
        if (level < 0) return Views.IsImmediate(node) ? Current.Add(node.Op) : throw new ModelException(Rules.Construct,
            "This tensor belongs to one step of a loop that has ended; keep it in a variable declared before the loop, or collect the steps in a list.");
        for (; level < loops.Count; level++) node = loops[level].Import(node);
        return node;
    }

    /// <summary>Replays one recorded node.</summary>
    public Node Replay(NodeSpec node, FunctionSpec function, Func<int, Node> earlier)
    {
        Graph.Checkpoint = node.Checkpoint;
        var result = node.Kind switch
        {
            NodeKind.Input => Input(function.Inputs[int.Parse(node.Target, System.Globalization.CultureInfo.InvariantCulture)]),
            NodeKind.Constant => Constant(node.Arguments[0].Number),
            NodeKind.ScanStep => BeginScan(earlier(node.Arguments[0].Nodes[0]), int.Parse(node.Target, System.Globalization.CultureInfo.InvariantCulture), node.Arguments[1].Number != 0),
            NodeKind.ScanCarry => Carry(earlier(node.Arguments[0].Nodes[0]), node.Name),
            NodeKind.ScanEnd => EndScan(node.Arguments[0].Nodes.Select(earlier).ToArray(), node.Arguments[1].Nodes.Select(earlier).ToArray()),
            NodeKind.ScanResult => ScanResult(earlier(node.Arguments[0].Nodes[0]), int.Parse(node.Target, System.Globalization.CultureInfo.InvariantCulture)),
            NodeKind.Layer => Layer(node.Target, node.Arguments.Select(a => a.Kind == ArgumentKind.None ? null : earlier(a.Nodes[0])).ToArray(), node.Method, node.Result),
            NodeKind.Derivative => Derivative(node.Target, Given("y"), Given("x"), node.Arguments.Count > 2 ? Given("v") : null),
            NodeKind.Cotangent => Cotangent(Given("y")),
            NodeKind.CustomGradient => CustomGradient(Given("y"), GivenList("x"), Given("cotangent"), GivenList("gradients")),
            _ => Method(node.Target, node.Arguments.ToDictionary(a => a.Name, a => a.Value(earlier)), node.Result),
        };
        Graph.Checkpoint = null;
        result.Name ??= node.Name;
        return result;

        Node Given(string name) => GivenList(name)[0];
        Node[] GivenList(string name) => node.Arguments.First(a => a.Name == name).Nodes.Select(earlier).ToArray();
    }

    Node IParameterSource.Parameter(string path, Shape logicalShape, IReadOnlyList<int> storageAxes, Initializer initializer, bool isFrozen) =>
        Leaf(path, new ParameterLeaf(path, logicalShape, storageAxes, initializer, frozen || isFrozen, Precision));

    Node IParameterSource.State(string path, Shape shape, Initializer initializer) => Leaf(path, new StateLeaf(path, shape, initializer, Precision));

    // The leaf is found by its path, so two uses of one layer share its weights; their shapes must agree.
    Node Leaf(string path, LeafOp leaf)
    {
        if (!leaves.TryGetValue(path, out var node)) leaves[path] = node = Graph.Add(leaf);
        if (node.Type != leaf.Type) throw new ModelException(Rules.FeatureCount,
            $"'{path}' is used twice with different shapes: {node.Shape} first, now {leaf.Type.Shape}; use two layers.");
        return Local(node);
    }

    void IParameterSource.Update(string path, Node value)
    {
        if (loops.Count > 0) throw new ModelException(Rules.Construct, $"'{path}' would get a new value in each step of a loop; a layer that keeps running statistics stands before or behind it.");
        var state = (StateLeaf)leaves[path].Op;
        Graph.Updates.RemoveAll(u => u.State.Path == path);   // applied twice in one step: the last one counts
        Graph.Updates.Add((state, value));
    }
}
