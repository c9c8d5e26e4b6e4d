namespace ModelGen.Compiler.Spec;

/// <summary>
/// What capture found in one [Model] class: plain values, equal when equal, free of symbols, syntax and locations. The whole
/// compiler is a pure function of it.
/// </summary>
internal sealed record ModelSpec
{
    /// <summary>The namespace, empty for the global one.</summary>
    public required string Namespace { get; init; }

    /// <summary>The class's name.</summary>
    public required string Name { get; init; }

    /// <summary><c>public</c>, <c>internal</c>, ... as the class is declared.</summary>
    public required string Accessibility { get; init; }

    public required DType Precision { get; init; }

    /// <summary>What factors of products are rounded to; null for nothing.</summary>
    public DType? Storage { get; init; }

    /// <summary>Every layer instance that a compiled method reaches, sorted by path.</summary>
    public required EquatableArray<LayerSpec> Layers { get; init; }

    /// <summary>Forward first, then Loss, then further objectives in order of declaration.</summary>
    public required EquatableArray<FunctionSpec> Functions { get; init; }

    /// <summary>True when the user's class has members with the names of the streaming session: then it gets none.</summary>
    public bool DeclaresStreaming { get; init; }

    /// <summary>True when the user's class has an instance constructor of its own, so that the generator must not add one.</summary>
    public bool HasConstructor { get; init; }

    /// <summary>True when the user's class has a member of a name that decoding needs: then it is given none.</summary>
    public bool DeclaresDecoding { get; init; }

    /// <summary>
    /// The class's own members that hold layers (fields, properties), for the generated binding: each with the name that capture used for it.
    /// </summary>
    public EquatableArray<LayerMember> Members { get; init; } = EquatableArray<LayerMember>.Empty;

    public FunctionSpec? Function(string name) => Functions.FirstOrDefault(f => f.Name == name);
}

/// <summary>A field, property or captured constructor parameter that holds a layer or a sequence of layers.</summary>
/// <param name="Member">The C# name.</param>
/// <param name="Name">The name in parameter paths: the C# name, or that of <c>[Layer(Name = ...)]</c>.</param>
internal sealed record LayerMember(string Member, string Name);

/// <summary>One built-in layer instance.</summary>
/// <param name="Path">Its name: <c>blocks.0.norm1</c>. Unique in the model.</param>
/// <param name="Definition">The <see cref="Layers.LayerDefinition"/>'s name.</param>
/// <param name="Arguments">Constructor arguments and properties given by the user; defaults are not listed.</param>
/// <param name="Frozen">True under <c>[Layer(Frozen = true)]</c>.</param>
internal sealed record LayerSpec(string Path, string Definition, EquatableArray<ArgumentSpec> Arguments, bool Frozen);

/// <summary>How a compiled method is used.</summary>
internal enum FunctionKind
{
    /// <summary><c>Forward</c>: becomes <c>Predict</c>.</summary>
    Forward,

    /// <summary><c>Loss</c> or an [Objective]: becomes <c>TrainStep</c> or <c>&lt;Name&gt;Step</c>.</summary>
    Objective,
}

/// <summary>One compiled method with everything it calls inlined: a list of nodes, each using earlier ones.</summary>
internal sealed record FunctionSpec
{
    public required string Name { get; init; }
    public required FunctionKind Kind { get; init; }
    public required EquatableArray<InputSpec> Inputs { get; init; }
    public required EquatableArray<NodeSpec> Nodes { get; init; }

    /// <summary>Indices into <see cref="Nodes"/>; several when the method returns a tuple.</summary>
    public required EquatableArray<int> Outputs { get; init; }

    /// <summary>Names of the outputs: the tuple's element names, or "output".</summary>
    public required EquatableArray<string> OutputNames { get; init; }

    /// <summary>Path prefixes of the layers that an objective updates; empty: all.</summary>
    public EquatableArray<string> UpdatedLayers { get; init; } = EquatableArray<string>.Empty;
}

/// <summary>A tensor parameter of a compiled method, with its declared shape.</summary>
internal sealed record InputSpec(string Name, DType DType, Shape Shape);

/// <summary>What a node does.</summary>
internal enum NodeKind
{
    /// <summary>The function's input of index <see cref="NodeSpec.Target"/>, as text.</summary>
    Input,

    /// <summary>A scalar constant; its value is the argument "value".</summary>
    Constant,

    /// <summary>The <see cref="TensorMethod"/> named <see cref="NodeSpec.Target"/>.</summary>
    Method,

    /// <summary>The layer whose path is <see cref="NodeSpec.Target"/>.</summary>
    Layer,

    /// <summary>The derivative named <see cref="NodeSpec.Target"/>: of "y" with respect to "x", along "v".</summary>
    Derivative,

    /// <summary>The gradient of "y", as the user's own gradient of it sees it: a value that is replaced by the true one.</summary>
    Cotangent,

    /// <summary>"y" with the "gradients" of "x", written in terms of "cotangent".</summary>
    CustomGradient,

    /// <summary>
    /// Begins a loop over the steps of a tensor (argument "sequence") along the axis <see cref="NodeSpec.Target"/>, the last one first where the argument "reverse" says so:
    /// what follows is its body. The value is the step.
    /// </summary>
    ScanStep,

    /// <summary>A value that the loop carries from step to step, beginning with the argument "first".</summary>
    ScanCarry,

    /// <summary>Ends the innermost loop: "next" are the new values of its carries, "each" is what each step gives.</summary>
    ScanEnd,

    /// <summary>A result of the ended loop "scan": the last value of a carry, or what all steps gave, by the index <see cref="NodeSpec.Target"/>.</summary>
    ScanResult,
}

/// <summary>One step of a compiled method.</summary>
/// <param name="Kind">What <paramref name="Target"/> names.</param>
/// <param name="Target">A method key such as <c>Relu/1</c> (name and number of parameters), a layer's path, or an input's index.</param>
/// <param name="Arguments">All arguments by parameter name; those of tensor kind refer to earlier nodes.</param>
/// <param name="Name">The user's name for the value, where it has one: a local variable or the layer's field.</param>
/// <param name="Method">Of a layer: the method that is called, when it is not Forward.</param>
/// <param name="Result">Of a layer or method with several results: which one this is. Each is a node of its own; equal nodes are shared, so nothing is computed twice.</param>
/// <param name="Checkpoint">The application of a <c>[Layer(Recompute = true)]</c> that it is part of.</param>
internal sealed record NodeSpec(NodeKind Kind, string Target, EquatableArray<ArgumentSpec> Arguments, string? Name, string? Method = null, int Result = 0, string? Checkpoint = null);

/// <summary>What kind of value an <see cref="ArgumentSpec"/> holds.</summary>
internal enum ArgumentKind
{
    /// <summary>null: an optional argument that was not given.</summary>
    None,

    /// <summary>One earlier node, by index.</summary>
    Node,

    /// <summary>Several earlier nodes.</summary>
    Nodes,

    /// <summary>An int, perhaps symbolic.</summary>
    Size,

    /// <summary>Several ints.</summary>
    Sizes,

    /// <summary>A real number.</summary>
    Number,

    /// <summary>A truth value.</summary>
    Flag,

    /// <summary>Characters.</summary>
    Text,
}

/// <summary>One argument by parameter name.</summary>
internal sealed record ArgumentSpec(string Name, ArgumentKind Kind, EquatableArray<int> Nodes, EquatableArray<Dim> Sizes, double Number, string Characters = "")
{
    public static ArgumentSpec None(string name) => new(name, ArgumentKind.None, EquatableArray<int>.Empty, EquatableArray<Dim>.Empty, 0);
    public static ArgumentSpec Node(string name, int node) => None(name) with { Kind = ArgumentKind.Node, Nodes = new([node]) };
    public static ArgumentSpec NodeList(string name, IEnumerable<int> nodes) => None(name) with { Kind = ArgumentKind.Nodes, Nodes = new(nodes) };
    public static ArgumentSpec Size(string name, Dim size) => None(name) with { Kind = ArgumentKind.Size, Sizes = new([size]) };
    public static ArgumentSpec SizeList(string name, IEnumerable<Dim> sizes) => None(name) with { Kind = ArgumentKind.Sizes, Sizes = new(sizes) };
    public static ArgumentSpec Real(string name, double value) => None(name) with { Kind = ArgumentKind.Number, Number = value };
    public static ArgumentSpec Flag(string name, bool value) => None(name) with { Kind = ArgumentKind.Flag, Number = value ? 1 : 0 };

    public static ArgumentSpec Text(string name, string value) => None(name) with { Kind = ArgumentKind.Text, Characters = value };

    /// <summary>The value as <see cref="Call"/> holds it.</summary>
    public object? Value(Func<int, Node> node) => Kind switch
    {
        ArgumentKind.Node => node(Nodes[0]),
        ArgumentKind.Nodes => Nodes.Select(node).ToArray(),
        ArgumentKind.Size => Sizes[0],
        ArgumentKind.Sizes => Sizes.ToArray(),
        ArgumentKind.Number => Number,
        ArgumentKind.Flag => Number != 0,
        ArgumentKind.Text => Characters,
        _ => null,
    };
}
