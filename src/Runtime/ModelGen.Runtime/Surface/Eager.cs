using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Layers;
using ModelGen.Compiler.Shapes;
using ModelGen.Compiler.Surface;
using ModelGen.Execution;

namespace ModelGen;

/// <summary>
/// Runs one method of the surface, or one layer, on real values: builds the nodes that the compiler would build, and evaluates them with
/// the ops' reference semantics. There is no second definition of any op.
/// </summary>
internal sealed class Eager
{
    readonly Graph graph;
    readonly DType precision;
    readonly Dictionary<string, NdArray> inputs = new(StringComparer.Ordinal);

    Eager(DType precision) => (this.precision, graph) = (precision, new Graph { Precision = precision });

    /// <summary>Runs a tensor method; arguments in the order of its parameters, as C# values.</summary>
    public static Tensor Invoke(TensorMethod method, params ReadOnlySpan<object?> arguments)
    {
        var eager = new Eager(FirstPrecision(arguments));
        try
        {
            var given = eager.Given(method.Parameters, arguments);
            return eager.Result([Invocation.Invoke(eager.graph, method, given)], [])[0];
        }
        catch (ModelException broken)
        {
            throw new ModelShapeException(broken);
        }
    }

    /// <summary>Applies a layer; arguments in the order of constructor parameters and properties.</summary>
    /// <param name="definition">What the layer is.</param>
    /// <param name="weights">Its parameters.</param>
    /// <param name="arguments">Of the constructor and the properties.</param>
    /// <param name="inputs">Each a <see cref="Tensor"/>, an <see cref="IntTensor"/>, or null for one that is left out.</param>
    /// <param name="method">Its method, when it is not Forward.</param>
    public static Tensor[] Apply(LayerDefinition definition, LayerWeights weights, ReadOnlySpan<object?> arguments, ReadOnlySpan<object?> inputs, string? method = null)
    {
        // Of indices alone: in the precision of the weights.
        var eager = new Eager(weights.Precision);
        foreach (object? input in inputs)
        {
            if (input is not Tensor x) continue;
            eager = new Eager(x.DType);
            break;
        }
        var accepted = definition.Methods.FirstOrDefault(m => m.Name == method)?.Inputs ?? definition.Inputs;
        var nodes = new Node?[inputs.Length];
        for (int i = 0; i < nodes.Length; i++)
            nodes[i] = inputs[i] switch
            {
                Tensor x => eager.Leaf(x.Values, x.DType),
                IntTensor x => eager.Leaf(x.Values, DType.Int32),
                _ => accepted[i].IsOptional ? null : throw new ArgumentNullException(accepted[i].Name),
            };
        return eager.Apply(definition, weights, arguments, nodes, method);
    }

    Tensor[] Apply(LayerDefinition definition, LayerWeights weights, ReadOnlySpan<object?> arguments, Node?[] nodes, string? method)
    {
        var source = new EagerParameterSource(graph, weights, precision);
        try
        {
            var given = Given([.. definition.Constructor, .. definition.Properties], arguments);
            string display = weights.Path.Length == 0 ? $"A layer {definition.Name}" : $"Layer '{weights.Path}'";
            var y = Invocation.ApplyAll(graph, definition, given, weights.Path, display, nodes, EagerMode.IsTraining, source, method);
            var updates = EagerMode.Current is { UpdateState: true } ? source.Updates : [];
            return Result(y, updates, source.Values);
        }
        catch (ModelException broken)
        {
            throw new ModelShapeException(broken);
        }
    }

    /// <summary>Elements and shape of a new tensor, checked.</summary>
    public static NdArray Array(double[] data, int[] shape)
    {
        int elements = Elements(shape);
        if (data.Length != elements) throw new ArgumentException(
            $"A tensor [{string.Join(", ", shape)}] has {elements} {(elements == 1 ? "element" : "elements")}, but {data.Length} were given.", nameof(data));
        return new NdArray((int[])shape.Clone(), data);
    }

    public static int Elements(int[] shape)
    {
        foreach (int size in shape)
            if (size < 0) throw new ArgumentOutOfRangeException(nameof(shape), size, $"The shape [{string.Join(", ", shape)}] has a negative size.");
        return NdArray.Count(shape);
    }

    static DType FirstPrecision(ReadOnlySpan<object?> arguments)
    {
        foreach (object? argument in arguments)
        {
            if (argument is Tensor x) return x.DType;
            if (argument is Tensor[] { Length: > 0 } list) return list[0].DType;
        }
        return DType.Float32;
    }

    Dictionary<string, object?> Given(IReadOnlyList<SurfaceParameter> parameters, ReadOnlySpan<object?> arguments)
    {
        var given = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (int i = 0; i < arguments.Length; i++) given[parameters[i].Name] = Convert(parameters[i], arguments[i]);
        return given;
    }

    object? Convert(SurfaceParameter parameter, object? value) => (parameter.Kind, value) switch
    {
        (ParameterKind.Tensor, Tensor x) => Leaf(x.Values, x.DType),
        (ParameterKind.Tensor, float number) => graph.Constant(number, precision),
        (ParameterKind.IntTensor, IntTensor x) => Leaf(x.Values, DType.Int32),
        (ParameterKind.Tensors, Tensor[] list) => System.Array.ConvertAll(list, x => Leaf((x ?? throw new ArgumentNullException(parameter.Name)).Values, x.DType)),
        (ParameterKind.Reduction, Reduction reduction) => (Dim)(int)reduction,
        (ParameterKind.Int or ParameterKind.OptionalInt, int number) => (Dim)number,
        (ParameterKind.Ints, int[] list) => System.Array.ConvertAll(list, number => (Dim)number),
        // The definition's default is a double; passing through float must not change it.
        (ParameterKind.Float, float number) => parameter.HasDefault && parameter.Default is double known && (float)known == number ? known : (double)number,
        (ParameterKind.Bool, bool) => value,
        (ParameterKind.OptionalInt, null) => null,
        (_, null) => throw new ArgumentNullException(parameter.Name),
        _ => throw new InvalidOperationException($"'{parameter.Name}' is {parameter.Kind}, but the surface passed {value.GetType().Name}."),
    };

    Node Leaf(NdArray values, DType type)
    {
        string name = "input" + inputs.Count;
        inputs[name] = values;
        return graph.Add(new Compiler.Ops.InputLeaf(name, new TensorType(type, Shape.Of(values.Shape))));
    }

    Tensor[] Result(IReadOnlyList<Node> y, IReadOnlyCollection<(NdArrayTarget Target, Node Value)> updates, Func<LeafOp, NdArray?>? parameters = null)
    {
        CheckLabels();
        var values = Interpreter.Evaluate([.. y, .. updates.Select(u => u.Value)],
            leaf => leaf is Compiler.Ops.InputLeaf input ? inputs[input.Input] : parameters?.Invoke(leaf),
            symbol => throw new InvalidOperationException($"The size '{symbol}' is not known in an eager run."), round: true, Random);
        int next = y.Count;
        foreach (var (target, _) in updates) target(values[next++]);
        return [.. y.Select((node, i) => new Tensor(values[i], node.DType))];
    }

    void CheckLabels()
    {
        foreach (var node in graph.Nodes)
            if (node.Op.IndexBound(node) is var (input, bound) && node.Inputs[input].Op is Compiler.Ops.InputLeaf labels)
                Inputs.RequireLabels(System.Array.ConvertAll(inputs[labels.Input].Data, x => (int)x), checked((int)bound.Value), "label", node.Op.IgnoredIndex);
    }

    static double Random(ulong stream, long element)
    {
        var scope = EagerMode.Current ?? throw new InvalidOperationException("Random numbers are drawn in training only.");
        return Compiler.Ir.Philox.Uniform(scope.Seed, (ulong)scope.Step, stream, element);
    }
}
