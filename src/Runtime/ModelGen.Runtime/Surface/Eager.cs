using System.Numerics;
using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Layers;
using ModelGen.Compiler.Shapes;
using ModelGen.Compiler.Surface;
using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Runs one method of the surface, or one layer, on real values: builds the nodes that the compiler would build, and evaluates them with
/// the ops' reference semantics. There is no second definition of any op, and none of differentiation: a derivative builds the nodes of all that led to a
/// tensor, and the compiler's own sweep does the rest.
/// </summary>
internal sealed class Eager
{
    readonly Graph graph;
    readonly Dictionary<string, NdArray> inputs = new(StringComparer.Ordinal);
    readonly Dictionary<object, Node> nodes = new(ReferenceEqualityComparer.Instance);

    // As what integers were given: the parameter, and the layer that has it.
    readonly Dictionary<Node, (string Parameter, string Owner)> integers = [];
    readonly List<EagerParameterSource> sources = [];
    readonly HashSet<EagerMode.Scope> scopes = [];

    Eager(DType precision) => graph = new Graph { Precision = precision };

    /// <summary>Runs a tensor method; arguments in the order of its parameters, as C# values.</summary>
    public static Tensor Invoke(TensorMethod method, params ReadOnlySpan<object?> arguments) => (Tensor)InvokeAll(method, arguments)[0];

    /// <summary>Runs a tensor method that gives integers.</summary>
    public static IntTensor InvokeIntegers(TensorMethod method, params ReadOnlySpan<object?> arguments) => (IntTensor)InvokeAll(method, arguments)[0];

    /// <summary>Runs a tensor method; each of its results is a <see cref="Tensor"/> or an <see cref="IntTensor"/>.</summary>
    public static object[] InvokeAll(TensorMethod method, params ReadOnlySpan<object?> arguments)
    {
        object?[] given = arguments.ToArray();
        return Checked(FirstPrecision(given), eager =>
        {
            // Each call is a graph of its own; the draws are counted through all of them.
            var source = EagerMode.Source;
            int first = source.Draws;
            var y = eager.Build(method, given, source, first);
            source.Draws = eager.graph.Draws;
            // A constant has no past: what led to it can be forgotten.
            return eager.Result(y, part => method == Compiler.Ops.StopGradient.Method ? null : new MethodOrigin(method, given, source, first, part), [], IsPlain(given));
        });
    }

    /// <summary>Applies a layer; arguments in the order of constructor parameters and properties. The results are all that it has.</summary>
    /// <param name="definition">What the layer is.</param>
    /// <param name="weights">Its parameters.</param>
    /// <param name="arguments">Of the constructor and the properties.</param>
    /// <param name="inputs">Each a <see cref="Tensor"/>, an <see cref="IntTensor"/>, or null for one that is left out.</param>
    /// <param name="method">Its method, when it is not Forward.</param>
    public static Tensor[] Apply(LayerDefinition definition, LayerWeights weights, ReadOnlySpan<object?> arguments, ReadOnlySpan<object?> inputs, string? method = null)
    {
        var layer = new LayerApplication(definition, weights, arguments.ToArray(), inputs.ToArray(), method, EagerMode.IsTraining ? EagerMode.Current : null);
        var accepted = InputsOf(definition, method);
        for (int i = 0; i < inputs.Length; i++)
            if (inputs[i] is null && !accepted[i].IsOptional) throw new ArgumentNullException(accepted[i].Name);
        return System.Array.ConvertAll(Checked(PrecisionOf(layer), eager =>
        {
            var y = eager.Build(layer, new Dictionary<string, NdArray>());
            var source = eager.sources[0];
            return eager.Result(y, part => new LayerOrigin(layer, source.Values, part), layer.Scope is { UpdateState: true } ? source.Updates : []);
        }), y => (Tensor)y);
    }

    /// <summary>A derivative of y: <see cref="Derivatives"/>.</summary>
    public static Tensor Derive(string method, Tensor y, Tensor x, Tensor? v = null, int element = -1) => (Tensor)Checked(y.DType, eager =>
    {
        var (of, to, along) = (eager.Replay(y), eager.Replay(x), v is null ? null : eager.Replay(v));
        return eager.Result([Derivatives.Of(method, of, to, along, element)], _ => new DerivativeOrigin(method, y, x, v), []);
    })[0];

    static IReadOnlyList<LayerInput> InputsOf(LayerDefinition definition, string? method) => definition.Methods.FirstOrDefault(m => m.Name == method)?.Inputs ?? definition.Inputs;

    static object[] Checked(DType precision, Func<Eager, object[]> run)
    {
        try
        {
            return run(new Eager(precision));
        }
        catch (ModelException broken)
        {
            throw new ModelShapeException(broken);
        }
    }

    /// <summary>The node of a tensor: that of the calls which led to it, where they were replayed, and a leaf with its value otherwise.</summary>
    public Node Node(Tensor x) => nodes.TryGetValue(x, out var known) ? known : nodes[x] = Leaf(x);

    DType TypeOf(Tensor x) => x.IsFilled ? graph.Precision : x.DType;

    Node Node(IntTensor x, string parameter, string owner = "")
    {
        var node = nodes.TryGetValue(x, out var known) ? known : nodes[x] = Leaf(x.Values, DType.Int32);
        integers[node] = (parameter, owner);
        return node;
    }

    // All calls that led to a tensor, the first one first. A long history is no deep recursion.
    Node Replay(Tensor wanted)
    {
        var open = new Stack<Tensor>([wanted]);
        while (open.TryPop(out var x))
        {
            if (nodes.ContainsKey(x)) continue;
            var missing = x.Origin?.Inputs.Where(i => !nodes.ContainsKey(i)).ToArray() ?? [];
            if (missing.Length == 0)
            {
                nodes[x] = x.Origin?.Replay(this) ?? Leaf(x);
                continue;
            }
            open.Push(x);
            foreach (var input in missing) open.Push(input);
        }
        return nodes[wanted];
    }

    /// <summary>The nodes of a tensor method: all its results.</summary>
    /// <param name="method">The method.</param>
    /// <param name="arguments">What it is given.</param>
    /// <param name="source">Where it draws random numbers from.</param>
    /// <param name="draws">How many random tensors were drawn from there before.</param>
    public IReadOnlyList<Node> Build(TensorMethod method, object?[] arguments, EagerMode.Scope source, int draws)
    {
        graph.Draws = draws;
        var y = Invocation.InvokeAll(graph, method, Given(method.Parameters, arguments, IsPlain(arguments) ? graph.Precision : FirstPrecision(arguments)));
        if (graph.Draws > draws) scopes.Add(source);
        return y;
    }

    /// <summary>The nodes of a layer: all its results.</summary>
    /// <param name="layer">What is applied to what.</param>
    /// <param name="values">The values that its weights had; those that are not there are read.</param>
    public IReadOnlyList<Node> Build(LayerApplication layer, IReadOnlyDictionary<string, NdArray> values)
    {
        var precision = PrecisionOf(layer);
        // The same weights are the same leaves, as long as training did not come between.
        var source = sources.Find(s => s.IsOf(layer.Weights, values));
        if (source is null) sources.Add(source = new EagerParameterSource(graph, layer.Weights, precision, $"{sources.Count}:", new(values, StringComparer.Ordinal)));
        if (layer.Scope is not null) scopes.Add(layer.Scope);
        string path = layer.Weights.Path, display = path.Length == 0 ? $"A layer {layer.Definition.Name}" : $"Layer '{path}'";
        var accepted = InputsOf(layer.Definition, layer.Method);
        var operands = layer.Inputs.Select((input, i) => input switch { Tensor x => Node(x), IntTensor x => Node(x, accepted[i].Name, display), _ => null }).ToArray();
        return Invocation.ApplyAll(graph, layer.Definition, Given([.. layer.Definition.Constructor, .. layer.Definition.Properties], layer.Arguments, precision), path, display,
            operands, layer.Scope is not null, source, layer.Method);
    }

    /// <summary>y, with gradients of the user's own.</summary>
    public Node CustomGradient(Tensor y, Tensor[] x, Func<Tensor, Tensor[]> backward) => graph.Add(new Compiler.Ops.CustomGradient(nodes.Count, dy =>
    {
        // The user's function runs on numbers, like all eager code; what it did is replayed on the node.
        var gradient = new Tensor(Evaluate([dy])[0], dy.DType);
        nodes[gradient] = dy;
        return System.Array.ConvertAll(backward(gradient), Replay);
    }), [Node(y), .. x.Select(Node)]);

    // Of indices alone: in the precision of the weights.
    static DType PrecisionOf(LayerApplication layer) => Deciding(layer.Inputs.OfType<Tensor>())?.DType ?? layer.Weights.Precision;

    /// <summary>Elements and shape of a new tensor, checked.</summary>
    public static NdArray Array<T>(T[] data, int[] shape) where T : INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        int elements = Elements(shape);
        if (data.Length != elements) throw new ArgumentException(
            $"A tensor [{string.Join(", ", shape)}] has {elements} {(elements == 1 ? "element" : "elements")}, but {data.Length} were given.", nameof(data));
        return new NdArray((int[])shape.Clone(), System.Array.ConvertAll(data, double.CreateTruncating));
    }

    public static int Elements(int[] shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        foreach (int size in shape)
            if (size < 0) throw new ArgumentOutOfRangeException(nameof(shape), size, $"The shape [{string.Join(", ", shape)}] has a negative size.");
        return NdArray.Count(shape);
    }

    // Of the first tensor that has a type of its own. What is made of integers has none: it is computed exactly, until it meets one.
    static DType FirstPrecision(object?[] arguments) => IsPlain(arguments) ? DType.Float64 : Deciding(Tensors(arguments))?.DType ?? DType.Float32;

    static bool IsPlain(object?[] arguments) => Deciding(Tensors(arguments)) is { } deciding ? deciding.IsFilled && Tensors(arguments).Any(x => x.IsOfIntegers) : arguments.Any(a => a is IntTensor);

    static IEnumerable<Tensor> Tensors(object?[] arguments) => arguments.SelectMany(a => a switch { Tensor x => [x], Tensor[] list => list, _ => Enumerable.Empty<Tensor>() });

    static Tensor? Deciding(IEnumerable<Tensor> tensors)
    {
        Tensor? filled = null;
        foreach (var x in tensors)
        {
            if (x is { IsFilled: false }) return x;
            filled ??= x;
        }
        return filled;
    }

    Dictionary<string, object?> Given(IReadOnlyList<SurfaceParameter> parameters, object?[] arguments, DType precision)
    {
        var given = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (int i = 0; i < arguments.Length; i++) given[parameters[i].Name] = Convert(parameters[i], arguments[i], precision);
        return given;
    }

    object? Convert(SurfaceParameter parameter, object? value, DType precision) => (parameter.Kind, value) switch
    {
        (ParameterKind.Tensor, Tensor x) => Node(x),
        // Of a method that both have.
        (ParameterKind.Tensor, IntTensor x) => Node(x, parameter.Name),
        (ParameterKind.Text, string text) => text,
        (ParameterKind.Tensor, float number) => graph.Constant(number, precision),
        (ParameterKind.IntTensor, IntTensor x) => Node(x, parameter.Name),
        (ParameterKind.Tensors, Tensor[] list) => System.Array.ConvertAll(list, x => Node(x ?? throw new ArgumentNullException(parameter.Name))),
        (ParameterKind.Reduction, Reduction reduction) => (Dim)(int)reduction,
        (ParameterKind.Bag, BagMode mode) => (Dim)(int)mode,
        (ParameterKind.Int or ParameterKind.OptionalInt, int number) => (Dim)number,
        (ParameterKind.Ints, int[] list) => System.Array.ConvertAll(list, number => (Dim)number),
        // The definition's default is a double; passing through float must not change it.
        (ParameterKind.Float, float number) => parameter.HasDefault && parameter.Default is double known && (float)known == number ? known : (double)number,
        (ParameterKind.Bool, bool) => value,
        (ParameterKind.OptionalInt, null) => null,
        (_, null) => throw new ArgumentNullException(parameter.Name),
        _ => throw new InvalidOperationException($"'{parameter.Name}' is {parameter.Kind}, but the surface passed {value.GetType().Name}."),
    };

    Node Leaf(Tensor x) => Leaf(x.IsFilled ? x.Values.RoundedTo(graph.Precision) : x.Values, TypeOf(x));

    Node Leaf(NdArray values, DType type)
    {
        string name = "input" + inputs.Count;
        inputs[name] = values;
        return graph.Add(new Compiler.Ops.InputLeaf(name, new TensorType(type, Shape.Of(values.Shape))));
    }

    object[] Result(IReadOnlyList<Node> y, Func<int, Origin?> origin, IReadOnlyCollection<(NdArrayTarget Target, Node Value)> updates, bool isPlain = false)
    {
        CheckLabels();
        var values = Evaluate([.. y, .. updates.Select(u => u.Value)]);
        int next = y.Count;
        foreach (var (target, _) in updates) target(values[next++]);
        return [.. y.Select((node, i) => node.DType == DType.Int32 ? (object)new IntTensor(values[i]) : new Tensor(values[i], isPlain ? DType.Float32 : node.DType, origin(i)) { IsFilled = isPlain, IsOfIntegers = isPlain })];
    }

    IReadOnlyList<NdArray> Evaluate(IReadOnlyList<Node> roots) => Interpreter.Evaluate(roots,
        leaf => leaf switch
        {
            Compiler.Ops.InputLeaf input => inputs[input.Input],
            Compiler.Ops.ParameterLeaf parameter => Weight(parameter.Path),
            Compiler.Ops.StateLeaf state => Weight(state.Path),
            // Not known yet, and only ever seen by a gradient of the user's own: any number will do there.
            Compiler.Ops.Cotangent gradient => new NdArray(gradient.Type.Shape.Evaluate(_ => 0)),
            _ => null,
        },
        symbol => throw new InvalidOperationException($"The size '{symbol}' is not known in an eager run."), round: true, Random, EagerMode.Storage switch
        {
            StorageFormat.BFloat16 => DType.BFloat16,
            StorageFormat.Float16 => DType.Float16,
            _ => null,
        });

    NdArray Weight(string path)
    {
        int at = path.IndexOf(':', StringComparison.Ordinal) + 1;
        return sources[int.Parse(path.AsSpan(0, at - 1), System.Globalization.CultureInfo.InvariantCulture)].Values[path[at..]];
    }

    void CheckLabels()
    {
        foreach (var node in graph.Nodes)
            foreach (var (input, bound, ignored) in node.Op.IndexBounds(node))
            {
                if (Root(node.Inputs[input]) is not { Op: Compiler.Ops.InputLeaf labels } leaf) continue;
                var (parameter, owner) = integers[leaf];
                Inputs.RequireLabels(System.Array.ConvertAll(inputs[labels.Input].Data, x => (int)x), checked((int)bound.Value), parameter, ignored, owner);
            }
    }

    // Indices may have been given another shape.
    static Node Root(Node node) => node.Op is Compiler.Ops.Reshape ? Root(node.Inputs[0]) : node;

    // A derivative drops and draws what was dropped and drawn in the calls that led there.
    double Random(ulong stream, long element)
    {
        if (scopes.Count != 1) throw new InvalidOperationException(scopes.Count == 0
            ? "Random numbers are drawn in a scope only."
            : "The tensors of a derivative come from several scopes of EagerMode, which drew different random numbers; compute them in one.");
        var scope = scopes.Single();
        return Compiler.Ir.Philox.Uniform(scope.Seed, (ulong)scope.Step, stream, element);
    }
}
