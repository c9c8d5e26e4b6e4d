using System.Globalization;
using ModelGen.Compiler.Lowering;

namespace ModelGen.Generator.Capture;

/// <summary>
/// Records one compiled method as a list of <see cref="NodeSpec"/> while it builds the same graph, so that every tensor's shape is known
/// at once and a broken rule surfaces (as <see cref="ModelException"/>) at the expression that breaks it.
/// </summary>
internal sealed class FunctionRecorder
{
    readonly Dictionary<Node, Node[]> ownGradients = [];
    readonly List<NodeSpec> nodes = [];
    readonly Dictionary<long, TensorValue> constants = [];
    readonly Dictionary<string, LayerSpec> layers;
    readonly FunctionBuilder builder;
    readonly List<Origin> origins = [];

    /// <param name="precision">The model's element type.</param>
    /// <param name="training">True for objectives.</param>
    /// <param name="layers">The layers used so far, by path; shared by all functions of a model.</param>
    /// <param name="cancellation">Ends the recording.</param>
    public FunctionRecorder(DType precision, bool training, Dictionary<string, LayerSpec> layers, CancellationToken cancellation = default)
    {
        this.layers = layers;
        builder = new FunctionBuilder(precision, training, path => layers[path], cancellation);
    }

    public IReadOnlyList<NodeSpec> Nodes => nodes;

    /// <summary>What was built so far.</summary>
    public Graph Graph => builder.Graph;

    /// <summary>The expression that made the nodes of a graph from <paramref name="First"/> on, up to those of the next one.</summary>
    public sealed record Origin(Graph Graph, int First, IOperation Expression, Frame Frame);

    /// <summary>From here on, nodes belong to this expression.</summary>
    public void Begin(IOperation expression, Frame frame) => origins.Add(new Origin(builder.Current, builder.Current.Nodes.Count, expression, frame));

    /// <summary>The expression that made a node; null for inputs.</summary>
    public Origin? OriginOf(Node node) => origins.LastOrDefault(o => o.Graph == node.Graph && o.First <= node.Id);

    public TensorValue Input(InputSpec input, int index) =>
        Record(builder.Input(input), new NodeSpec(NodeKind.Input, index.ToString(CultureInfo.InvariantCulture), EquatableArray<ArgumentSpec>.Empty, input.Name));

    public TensorValue Constant(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        if (constants.TryGetValue(bits, out var known)) return known;
        return constants[bits] = Record(builder.Constant(value), new NodeSpec(NodeKind.Constant, "", new([ArgumentSpec.Real("value", value)]), null));
    }

    /// <param name="key">The method's key in the registry: <c>Relu/1</c>.</param>
    /// <param name="arguments">By parameter name, as <see cref="Compiler.Surface.Call"/> holds them, except that a tensor is a <see cref="TensorValue"/>.</param>
    public TensorValue Method(string key, IReadOnlyList<KeyValuePair<string, object?>> arguments)
    {
        var node = builder.Method(key, arguments.ToDictionary(a => a.Key, a => a.Value switch
        {
            TensorValue tensor => tensor.Node,
            TensorValue[] tensors => tensors.Select(t => t.Node).ToArray(),
            var other => other,
        }));
        return Record(node, new NodeSpec(NodeKind.Method, key, new(arguments.Select(a => Spec(a.Key, a.Value)).ToArray()), null));
    }

    /// <param name="layer">The layer.</param>
    /// <param name="inputs">What it is applied to; null for an input that is left out.</param>
    /// <param name="method">Its method, when it is not Forward.</param>
    /// <param name="part">Which of its results, where it has several.</param>
    public TensorValue Layer(LayerSpec layer, IReadOnlyList<TensorValue?> inputs, string? method = null, int part = 0)
    {
        layers[layer.Path] = layer;
        var node = builder.Layer(layer.Path, inputs.Select(i => i?.Node).ToArray(), method, part);
        var arguments = inputs.Select((input, i) => Spec("input" + i.ToString(CultureInfo.InvariantCulture), input)).ToArray();
        // Of several results the first has the layer's name; the others get those of the variables that hold them.
        var name = part == 0 ? layer.Path : null;
        node.Name ??= name;
        return Record(node, new NodeSpec(NodeKind.Layer, layer.Path, new(arguments), name, method, part));
    }

    /// <summary>A derivative that the user asks for by name.</summary>
    public TensorValue Derivative(string method, TensorValue y, TensorValue x, TensorValue? v, int element)
    {
        var node = builder.Derivative(method, y.Node, x.Node, v?.Node, element);
        var arguments = new List<ArgumentSpec> { ArgumentSpec.Node("y", y.Index), ArgumentSpec.Node("x", x.Index) };
        if (v is not null) arguments.Add(ArgumentSpec.Node("v", v.Index));
        return Record(node, new NodeSpec(NodeKind.Derivative, method, new(arguments.ToArray()), null));
    }

    /// <summary>Stands for the gradient of <paramref name="y"/> in a gradient of the user's own.</summary>
    public TensorValue Cotangent(TensorValue y) => Record(builder.Cotangent(y.Node), new NodeSpec(NodeKind.Cotangent, "", new([ArgumentSpec.Node("y", y.Index)]), null));

    /// <summary><paramref name="y"/> with the user's own gradients.</summary>
    public TensorValue CustomGradient(TensorValue y, TensorValue[] x, TensorValue cotangent, TensorValue[] gradients)
    {
        var given = gradients.Select(t => t.Node).ToArray();
        var node = builder.CustomGradient(y.Node, x.Select(t => t.Node).ToArray(), cotangent.Node, given);
        ownGradients[node] = given;
        return Record(node, new NodeSpec(NodeKind.CustomGradient, "", new([Spec("y", y), Spec("x", x), Spec("cotangent", cotangent), Spec("gradients", gradients)]), null));
    }

    /// <summary>What a node is made of once it is differentiated: the gradients that the user gives.</summary>
    public IReadOnlyList<Node> OwnGradients(Node node) => ownGradients.TryGetValue(node, out var given) ? given : [];

    // ---- loops over the steps of a tensor

    /// <summary>A place to go back to.</summary>
    public (int Nodes, int Depth) Mark => (nodes.Count, builder.Depth);

    /// <summary>Forgets all nodes recorded and all loops opened since.</summary>
    public void RollBack((int Nodes, int Depth) mark)
    {
        nodes.RemoveRange(mark.Nodes, nodes.Count - mark.Nodes);
        builder.Abandon(mark.Depth);
        foreach (var known in constants.Where(c => c.Value.Index >= mark.Nodes).ToArray()) constants.Remove(known.Key);
    }

    /// <summary>Opens a loop; its value is one step.</summary>
    public TensorValue BeginScan(TensorValue sequence, int axis, bool reverse) => Record(builder.BeginScan(sequence.Node, axis, reverse),
        new NodeSpec(NodeKind.ScanStep, axis.ToString(CultureInfo.InvariantCulture), new([ArgumentSpec.Node("sequence", sequence.Index), ArgumentSpec.Flag("reverse", reverse)]), null));

    /// <summary>A value that the loop carries from step to step.</summary>
    public TensorValue Carry(TensorValue first, string name)
    {
        var node = builder.Carry(first.Node, name);
        node.Name ??= name;
        return Record(node, new NodeSpec(NodeKind.ScanCarry, "", new([ArgumentSpec.Node("first", first.Index)]), name));
    }

    /// <summary>Ends the loop; its results are asked for one by one.</summary>
    public TensorValue EndScan(IReadOnlyList<TensorValue> next, IReadOnlyList<TensorValue> each) => Record(
        builder.EndScan(next.Select(n => n.Node).ToArray(), each.Select(e => e.Node).ToArray()),
        new NodeSpec(NodeKind.ScanEnd, "", new([ArgumentSpec.NodeList("next", next.Select(n => n.Index).ToArray()), ArgumentSpec.NodeList("each", each.Select(e => e.Index).ToArray())]), null));

    /// <summary>The last value of a carry, or what all steps gave.</summary>
    public TensorValue ScanResult(TensorValue scan, int result) => Record(builder.ScanResult(scan.Node, result),
        new NodeSpec(NodeKind.ScanResult, result.ToString(CultureInfo.InvariantCulture), new([ArgumentSpec.Node("scan", scan.Index)]), null));

    /// <summary>Gives a value the name of the local variable that first holds it.</summary>
    public void Name(TensorValue tensor, string name)
    {
        if (nodes[tensor.Index].Name is not null || nodes[tensor.Index].Kind == NodeKind.Constant) return;
        nodes[tensor.Index] = nodes[tensor.Index] with { Name = name };
        tensor.Node.Name ??= name;
    }

    /// <summary>An argument as the spec holds it.</summary>
    public static ArgumentSpec Spec(string name, object? value) => value switch
    {
        null => ArgumentSpec.None(name),
        TensorValue tensor => ArgumentSpec.Node(name, tensor.Index),
        TensorValue[] tensors => ArgumentSpec.NodeList(name, tensors.Select(t => t.Index).ToArray()),
        Dim size => ArgumentSpec.Size(name, size),
        Dim[] sizes => ArgumentSpec.SizeList(name, sizes),
        double number => ArgumentSpec.Real(name, number),
        bool flag => ArgumentSpec.Flag(name, flag),
        _ => throw new InvalidOperationException($"An argument cannot hold a {value.GetType().Name}."),
    };

    /// <summary>
    /// Runs one application of a layer whose activations the backward pass computes again. Inside another one it belongs to that.
    /// </summary>
    public T Checkpoint<T>(string path, Func<T> application)
    {
        if (builder.Graph.Checkpoint is not null) return application();
        builder.Graph.Checkpoint = path + "#" + (checkpoints++).ToString(CultureInfo.InvariantCulture);
        try
        {
            return application();
        }
        finally
        {
            builder.Graph.Checkpoint = null;
        }
    }

    int checkpoints;

    TensorValue Record(Node node, NodeSpec spec)
    {
        nodes.Add(builder.Graph.Checkpoint is { } checkpoint ? spec with { Checkpoint = checkpoint } : spec);
        return new TensorValue(node, nodes.Count - 1);
    }
}
