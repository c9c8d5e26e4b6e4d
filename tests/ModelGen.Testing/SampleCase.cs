using ModelGen.Compiler.Autodiff;
using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Layers;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Shapes;
using ModelGen.Compiler.Surface;

namespace ModelGen.Testing;

/// <summary>
/// One sample of a tensor method or a layer, built as a graph with values for all its leaves. Values are drawn from the case's name, so
/// every test and every golden file sees the same ones.
/// </summary>
internal sealed class SampleCase : IParameterSource
{
    internal const string LayerPath = "layer";

    readonly List<(Node Leaf, NdArray Value)> leaves = [];
    readonly Dictionary<LeafOp, NdArray> values = [];
    readonly Dictionary<string, long> symbols = [];
    readonly DType precision;
    readonly Sample sample;
    readonly Lcg random;

    SampleCase(string name, Sample sample, DType precision)
    {
        (Name, this.sample, this.precision, Graph) = (name, sample, precision, new Graph { Precision = precision });
        random = new Lcg(Philox.Stream(name));
    }

    /// <summary><c>Softmax/2#1</c> (method, number of parameters, sample) or <c>Conv2d#0 training</c>.</summary>
    public string Name { get; }

    public Graph Graph { get; }

    /// <summary>The result of the method or the layer.</summary>
    public Node Output { get; private set; } = null!;

    /// <summary>The method, or null for a layer.</summary>
    public TensorMethod? Method { get; private init; }

    /// <summary>The layer, or null for a method.</summary>
    public LayerDefinition? Layer { get; private init; }

    /// <summary>Whether the layer is built in its training form.</summary>
    public bool Training { get; private init; }

    public Sample Sample => sample;

    /// <summary>Whether it is a method that draws random numbers, whose values are nobody else's.</summary>
    public bool IsDrawn => Method is not null && Graph.Draws > 0;

    /// <summary>Inputs, parameters and states in order of creation, each with its value in storage order.</summary>
    public IReadOnlyList<(Node Leaf, NdArray Value)> Leaves => leaves;

    /// <summary>The floating-point inputs and the parameters: what a gradient can be taken of.</summary>
    public IReadOnlyList<Node> Differentiable => leaves.Where(l => l.Leaf.DType.IsFloat() && l.Leaf.Op is not StateLeaf).Select(l => l.Leaf).ToArray();

    /// <summary>The case of a method's sample.</summary>
    /// <param name="method">The method.</param>
    /// <param name="index">Which of its samples.</param>
    /// <param name="precision">The element type of floating-point tensors.</param>
    public static SampleCase Of(TensorMethod method, int index, DType precision = DType.Float64)
    {
        var result = new SampleCase($"{method.Name}/{method.Parameters.Count}#{index}", method.Samples[index], precision) { Method = method };
        int next = 0;
        var arguments = result.sample.Arguments.ToDictionary(a => a.Key, a => Value(a.Value));
        foreach (var parameter in method.Parameters)
            if (parameter.Kind == ParameterKind.Tensor) arguments[parameter.Name] = result.Input(parameter.Name, next++, precision);
            else if (parameter.Kind == ParameterKind.IntTensor) arguments[parameter.Name] = result.Input(parameter.Name, next++, DType.Int32);
            else if (parameter.Kind == ParameterKind.Tensors)
                arguments[parameter.Name] = result.sample.Shapes.Select((_, i) => result.Input(parameter.Name + i, next++, precision)).ToArray();
        if (next != result.sample.Shapes.Count) throw new InvalidOperationException($"{result.Name} has {result.sample.Shapes.Count} shapes for {next} tensors.");
        result.Output = Together(Invocation.InvokeAll(result.Graph, method, arguments));
        return result;
    }

    /// <summary>The case of a layer's sample.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="index">Which of its samples.</param>
    /// <param name="training">The training form or that of inference.</param>
    /// <param name="precision">The element type of floating-point tensors.</param>
    /// <param name="symbolicBatch">Whether the first axis of the first input is the symbol N.</param>
    public static SampleCase Of(LayerDefinition layer, int index, bool training, DType precision = DType.Float64, bool symbolicBatch = false)
    {
        var result = new SampleCase($"{layer.Name}#{index} {(training ? "training" : "inference")}", layer.Samples[index], precision) { Layer = layer, Training = training };
        var accepted = layer.Methods.FirstOrDefault(m => m.Name == result.sample.Method)?.Inputs ?? layer.Inputs;
        var inputs = accepted.Take(result.sample.Shapes.Count).Select((input, i) =>
            result.Input(input.Name, i, input.IsIndex ? DType.Int32 : precision, symbolicBatch)).ToArray();
        result.Output = Together(Invocation.ApplyAll(result.Graph, layer, result.sample.Arguments.ToDictionary(a => a.Key, a => Value(a.Value)), LayerPath, $"Layer '{LayerPath}'", inputs, training, result,
            result.sample.Method));
        return result;
    }

    /// <summary>One result as it is; the elements of several, one behind another. Integers are numbers here.</summary>
    public static Node Together(IReadOnlyList<Node> results)
    {
        var numbers = results.Select(r => r.DType.IsFloat() ? r : ToTensor.Of(r)).ToArray();
        return numbers.Length == 1 ? numbers[0] : Concat.Of(0, numbers.Select(r => Reshape.Of(r, new Shape(r.Shape.Elements))).ToArray());
    }

    /// <summary>Every sample of both registries; layers in both forms.</summary>
    public static IEnumerable<SampleCase> All(DType precision = DType.Float64)
    {
        foreach (var method in OpRegistry.Methods)
            for (int i = 0; i < method.Samples.Count; i++)
                yield return Of(method, i, precision);
        foreach (var layer in LayerRegistry.Definitions)
            for (int i = 0; i < layer.Samples.Count; i++)
            {
                yield return Of(layer, i, training: true, precision);
                yield return Of(layer, i, training: false, precision);
            }
    }

    /// <summary>The case of that name, built anew.</summary>
    public static SampleCase Named(string name, DType precision = DType.Float64)
    {
        // "Softmax/2#1" or "Conv2d#0 training": only that one is built.
        int hash = name.LastIndexOf('#'), end = name.IndexOf(' ', hash) is > 0 and var space ? space : name.Length;
        int index = int.Parse(name[(hash + 1)..end], System.Globalization.CultureInfo.InvariantCulture);
        var target = name[..hash];
        return LayerRegistry.Find(target) is { } layer
            ? Of(layer, index, name.EndsWith(" training", StringComparison.Ordinal), precision)
            : Of(OpRegistry.Methods.Single(m => $"{m.Name}/{m.Parameters.Count}" == target), index, precision);
    }

    /// <summary>Evaluates nodes with the reference semantics.</summary>
    /// <param name="roots">The nodes wanted.</param>
    /// <param name="changed">A leaf to give another value, for differences.</param>
    /// <param name="value">Its value.</param>
    /// <param name="given">Values of nodes that are not computed.</param>
    public IReadOnlyList<NdArray> Evaluate(IReadOnlyList<Node> roots, Node? changed = null, NdArray? value = null, IReadOnlyDictionary<Node, NdArray>? given = null) => Interpreter.Evaluate(
        roots, leaf => changed is not null && ReferenceEquals(leaf, changed.Op) ? value : values.GetValueOrDefault(leaf), symbol => symbols[symbol], round: false, Random, given: given);

    /// <summary>The scalar Σ y · w with fixed random w, whose gradient exercises every element of <paramref name="y"/>.</summary>
    public Node Weighted(Node y, string name) => Sum.Of(y * Weights(y, name), Enumerable.Range(0, y.Shape.Rank).ToArray(), keepDims: false);

    /// <summary>The gradients of <see cref="Weighted"/> of the output with respect to <see cref="Differentiable"/>.</summary>
    public IReadOnlyList<Node> Gradients() => ReverseMode.Gradient(Weighted(Output, "w"), Differentiable);

    /// <summary>The fixed weights of that name; drawn from it and the case's name alone.</summary>
    public NdArray WeightValues(Node y, string name) => Fill(new Lcg(Philox.Stream(Name + " " + name)), y.Shape.Evaluate(s => symbols[s]), -1, 1);

    Node Weights(Node y, string name)
    {
        var node = Graph.Add(new InputLeaf(name, y.Type));
        values[(LeafOp)node.Op] = WeightValues(y, name);
        return node;
    }

    /// <summary>A parameter's array (its value or gradient) in PyTorch's order of axes instead of the storage's.</summary>
    public static NdArray Logical(Node leaf, NdArray storage)
    {
        if (leaf.Op is not ParameterLeaf parameter) return storage;
        var result = new NdArray(parameter.LogicalShape.Evaluate(_ => 0));
        var source = new int[result.Rank];
        foreach (var index in result.Indices())
        {
            for (int i = 0; i < source.Length; i++) source[i] = index[parameter.StorageAxes[i]];
            result[index] = storage[source];
        }
        return result;
    }

    /// <summary>The name of an input, or of a parameter or state within its layer: <c>weight</c>.</summary>
    public static string LeafName(Node leaf) => leaf.Op switch
    {
        InputLeaf input => input.Input,
        ParameterLeaf parameter => parameter.Path[(LayerPath.Length + 1)..],
        StateLeaf state => state.Path[(LayerPath.Length + 1)..],
        _ => throw new InvalidOperationException($"{leaf} is no leaf."),
    };

    static double Random(ulong stream, long element) => Philox.Uniform(seed: 7, step: 3, stream, element);

    Node Input(string name, int index, DType type, bool symbolicBatch = false)
    {
        int[] sizes = sample.Shapes[index];
        var shape = Shape.Of(sizes);
        int batch = index < sample.BatchAxes.Count ? sample.BatchAxes[index] : 0;
        if (symbolicBatch && sizes[batch] == sample.Shapes[0][0])
        {
            shape = shape.With(batch, Dim.Symbol("N"));
            symbols["N"] = sizes[batch];
        }
        var value = type == DType.Int32 ? Integers(sizes) : Fill(random, sizes, sample.Low, sample.High);
        if (sample.Grid != 0 && type != DType.Int32)
            for (int i = 0; i < value.Length; i++) value.Data[i] = Math.Round(value.Data[i] / sample.Grid) * sample.Grid;
        if (sample.Diagonal != 0 && index == 0)
            foreach (var place in value.Indices())
                if (place[^1] == place[^2]) value[place] += sample.Diagonal;
        return Leaf(new InputLeaf(name, new TensorType(type, shape)), value);
    }

    NdArray Integers(int[] shape)
    {
        var result = new NdArray(shape);
        for (int i = 0; i < result.Length; i++) result.Data[i] = sample.LowestClass + random.Next(sample.Classes - sample.LowestClass);
        return result;
    }

    static NdArray Fill(Lcg random, int[] shape, double low, double high)
    {
        var result = new NdArray(shape);
        for (int i = 0; i < result.Length; i++) result.Data[i] = random.Next(low, high);
        return result;
    }

    Node Leaf(LeafOp op, NdArray value)
    {
        var node = Graph.Add(op);
        if (values.TryAdd(op, value)) leaves.Add((node, value));
        return node;
    }

    // Around the initial value, but never equal to it: a weight of exactly 1 or 0 hides mistakes.
    NdArray Draw(Shape shape, Initializer initializer)
    {
        double middle = initializer.Kind == InitializerKind.Constant ? initializer.A : 0;
        return Fill(random, shape.Evaluate(_ => 0), middle - 0.6, middle + 0.6);
    }

    Node IParameterSource.Parameter(string path, Shape logicalShape, IReadOnlyList<int> storageAxes, Initializer initializer, bool frozen)
    {
        var leaf = new ParameterLeaf(path, logicalShape, storageAxes, initializer, frozen, precision);
        return Leaf(leaf, Draw(leaf.Type.Shape, initializer));
    }

    Node IParameterSource.State(string path, Shape shape, Initializer initializer) => Leaf(new StateLeaf(path, shape, initializer, precision), Draw(shape, initializer));

    void IParameterSource.Update(string path, Node value) =>
        Graph.Updates.Add(((StateLeaf)leaves.Single(l => l.Leaf.Op is StateLeaf s && s.Path == path).Leaf.Op, value));

    static object? Value(object argument) => argument switch
    {
        int whole => (Dim)whole,
        int[] several => several.Select(s => (Dim)s).ToArray(),
        _ => argument,
    };

    public override string ToString() => Name;
}
