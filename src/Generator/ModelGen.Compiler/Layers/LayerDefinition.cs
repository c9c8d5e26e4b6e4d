namespace ModelGen.Compiler.Layers;

/// <summary>
/// A built-in layer: its C# constructor and properties, its parameters, and the nodes of its forward pass. One file each. The
/// surface printer makes the runtime class from it; capture, lowering and the eager mode all run <see cref="Forward"/>.
/// </summary>
internal abstract class LayerDefinition
{
    /// <summary>The C# class name: <c>Conv2d</c>.</summary>
    public abstract string Name { get; }

    /// <summary>A sentence or two for the C# documentation: formula, shapes, source.</summary>
    public abstract string Summary { get; }

    /// <summary>The constructor's parameters.</summary>
    public virtual IReadOnlyList<SurfaceParameter> Constructor => [];

    /// <summary>Init-only properties, each with a default.</summary>
    public virtual IReadOnlyList<SurfaceParameter> Properties => [];

    /// <summary>The inputs of <c>Forward</c>. Optional ones come last: a layer of one tensor gets an overload with all of them, others get defaults.</summary>
    public virtual IReadOnlyList<LayerInput> Inputs => ["x"];

    /// <summary>The names of the results of <c>Forward</c> when it gives a tuple; empty when it gives one tensor.</summary>
    public virtual IReadOnlyList<string> Results => [];

    /// <summary>Further ways to use the layer's weights.</summary>
    public virtual IReadOnlyList<LayerMethod> Methods => [];

    /// <summary>Builds the forward pass; declares parameters and state through <paramref name="layer"/>.</summary>
    public abstract Node Forward(LayerCall layer);

    /// <summary>All of <see cref="Results"/>, for a layer that has several.</summary>
    public virtual IReadOnlyList<Node> ForwardAll(LayerCall layer) => [Forward(layer)];

    /// <summary>PyTorch's class: <c>torch.nn.Linear</c>.</summary>
    public string? PyTorch { get; init; }

    public virtual IReadOnlyList<Sample> Samples => [];
}

/// <summary>A way to use a layer's weights other than <c>Forward</c>: an embedding's way back to its indices.</summary>
/// <param name="Name">The C# name.</param>
/// <param name="Summary">A sentence or two for the C# documentation.</param>
/// <param name="Inputs">Its inputs.</param>
/// <param name="Build">Builds its nodes, one for each of <see cref="Results"/>; declares the same parameters as <c>Forward</c>.</param>
internal sealed record LayerMethod(string Name, string Summary, IReadOnlyList<LayerInput> Inputs, Func<LayerCall, IReadOnlyList<Node>> Build)
{
    public LayerMethod(string name, string summary, IReadOnlyList<LayerInput> inputs, Func<LayerCall, Node> build) : this(name, summary, inputs, layer => [build(layer)]) { }

    /// <summary>The names of its results when it gives a tuple; empty when it gives one tensor.</summary>
    public IReadOnlyList<string> Results { get; init; } = [];
}

/// <summary>A tensor that a layer is applied to.</summary>
/// <param name="Name">The name of the C# parameter.</param>
/// <param name="IsIndex">Whether it is an <c>IntTensor</c>: indices or lengths, which carry no gradient.</param>
/// <param name="IsOptional">Whether it may be left out.</param>
internal sealed record LayerInput(string Name, bool IsIndex = false, bool IsOptional = false)
{
    public static implicit operator LayerInput(string name) => new(name);
}

/// <summary>Creates the leaves of a layer's parameters; who owns them decides where they live.</summary>
internal interface IParameterSource
{
    /// <param name="path">Its name.</param>
    /// <param name="logicalShape">PyTorch's shape.</param>
    /// <param name="storageAxes">The order of its axes in memory.</param>
    /// <param name="initializer">Its first values.</param>
    /// <param name="frozen">Whether it is never trained; the user may freeze whole layers besides.</param>
    Node Parameter(string path, Shape logicalShape, IReadOnlyList<int> storageAxes, Initializer initializer, bool frozen);
    Node State(string path, Shape shape, Initializer initializer);
    void Update(string path, Node value);
}

/// <summary>One application of a layer: its arguments, its inputs, and where its parameters come from.</summary>
internal sealed class LayerCall(Call arguments, string path, string displayName, IReadOnlyList<Node?> inputs, bool training, IParameterSource source)
{
    /// <summary>Constructor arguments and properties by name, defaults filled in.</summary>
    public Call Arguments { get; } = arguments;

    public Graph Graph => Arguments.Graph;

    /// <summary>As messages name it: <c>Layer 'hidden'</c>.</summary>
    public string Display { get; } = displayName;
    public Node X => Input(0);
    public Node Input(int i) => inputs[i] ?? throw new InvalidOperationException($"{Display} was not given its input {i}.");

    /// <summary>An input that may be left out.</summary>
    public Node? Optional(int i) => i < inputs.Count ? inputs[i] : null;

    /// <summary>True in a training step: dropout drops, batch norm uses the statistics of the batch.</summary>
    public bool Training { get; } = training;

    /// <summary>True where a table of positions takes sequences of any length, because whoever runs the graph checks it.</summary>
    public bool AnyLength { get; init; }

    /// <summary>True when its parameters are given, and not trained.</summary>
    public bool Frozen { get; init; }

    /// <summary>A name unique to this layer, for random streams.</summary>
    public string Path { get; } = path;

    public Node Parameter(string name, Shape logicalShape, Initializer initializer, IReadOnlyList<int>? storageAxes = null)
    {
        var node = source.Parameter(Join(name), logicalShape, storageAxes ?? Enumerable.Range(0, logicalShape.Rank).ToArray(), initializer, Frozen);
        node.Name ??= Join(name);
        return node;
    }

    /// <summary>Applies a layer that is a part of this one: its parameters are named after both, <c>self_attn.q_proj.weight</c>.</summary>
    /// <param name="part">The layer.</param>
    /// <param name="name">Its name in this one.</param>
    /// <param name="arguments">Its constructor arguments and properties, as <see cref="Call"/> holds them.</param>
    /// <param name="x">Its inputs; null for one that is left out.</param>
    public Node Part(LayerDefinition part, string name, Dictionary<string, object?> arguments, params Node?[] x) =>
        Invocation.Apply(Graph, part, arguments, Join(name), Display, x, Training, source, method: null, AnyLength, Frozen);

    /// <summary>The same with parameters that are not trained.</summary>
    public Node FrozenPart(LayerDefinition part, string name, Dictionary<string, object?> arguments, params Node?[] x) =>
        Invocation.Apply(Graph, part, arguments, Join(name), Display, x, Training, source, method: null, AnyLength, frozen: true);

    public Node State(string name, Shape shape, Initializer initializer) => source.State(Join(name), shape, initializer);

    /// <summary>Overwrites the state at the end of a good training step.</summary>
    public void Update(string name, Node value) => source.Update(Join(name), value);

    string Join(string name) => Path.Length == 0 ? name : Path + "." + name;

    /// <summary>The size of the channel or feature axis, checked against the declared one, which must be constant.</summary>
    public int Features(Dim actual, string property, string what)
    {
        int? declared = Arguments.OptionalInt(property);
        if (!actual.IsConstant) throw new ModelException(Rules.FeatureCount,
            $"{Display} needs a constant number of {what}, but its input {X.Shape} has {actual}, which is known only at run time.");
        if (declared is int d && d != actual.Value)
        {
            var image = X.Shape.Rank > 2 && X.Shape.Product(1, X.Shape.Rank).Is(d);
            throw new ModelException(Rules.FeatureCount,
                $"{Display} declares {d} {what}, but its input{Source} is {X.Shape}, which has {actual}; " +
                (image ? $"flatten it to [{X.Shape[0]}, {d}] first: .Flatten()." : $"change {d} to {actual}."))
            {
                Argument = image ? null : property,
                Repair = image ? Repair.Append("x", ".Flatten()") : Repair.Set(property, actual),
            };
        }
        return checked((int)actual.Value);
    }

    // Where the input comes from, when the user gave it a name or it is a layer's: "its input 'conv1' is".
    string Source => (X.Name ?? (X.Op as InputLeaf)?.Input) is { Length: > 0 } name ? $" '{name}'" : "";

    /// <summary>Throws when the input's rank is not what the layer takes.</summary>
    public void RequireRank(int rank, string expected)
    {
        if (X.Shape.Rank != rank) throw new ModelException(Rules.Rank, $"{Display} takes an input {expected} with {rank} axes, but was given {X.Shape}, which has {X.Shape.Rank}.");
    }

    public int NotNegative(string argument)
    {
        int value = Arguments.Int(argument);
        return value >= 0 ? value : throw new ModelException(Rules.Argument, $"{Display} needs '{argument}' to be at least 0, but it is {value}.") { Argument = argument, Repair = Repair.Set(argument, 0) };
    }

    public int Positive(string argument)
    {
        int value = Arguments.Int(argument);
        return value > 0 ? value : throw new ModelException(Rules.Argument, $"{Display} needs '{argument}' to be at least 1, but it is {value}.") { Argument = argument, Repair = Repair.Set(argument, 1) };
    }
}
