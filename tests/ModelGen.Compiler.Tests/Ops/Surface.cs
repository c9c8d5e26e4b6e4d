using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Layers;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Shapes;
using ModelGen.Compiler.Surface;

namespace ModelGen.Compiler.Tests.Ops;

/// <summary>Calls of methods and layers on inputs of given types, for tests that need more than a sample.</summary>
internal sealed class Surface : IParameterSource
{
    readonly Dictionary<string, NdArray> values = [];
    readonly Dictionary<string, long> symbols = [];

    public Graph Graph { get; } = new();

    public List<string> Leaves { get; } = [];

    /// <summary>A float64 input, its sizes as "N, 3, 8" (symbols and numbers).</summary>
    public Node Float(string shape, params double[] data) => Input(shape, DType.Float64, data);

    public Node Int(string shape, params double[] data) => Input(shape, DType.Int32, data);

    Node Input(string shape, DType type, double[] data)
    {
        var sizes = shape.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(s => int.TryParse(s, out int n) ? n : Dim.Symbol(s));
        string name = "x" + values.Count;
        var node = Graph.Add(new InputLeaf(name, new TensorType(type, new Shape(sizes))));
        values[name] = data.Length == 0 ? new NdArray(0) : new NdArray(node.Shape.Evaluate(s => symbols[s]), data);
        return node;
    }

    public Surface Bind(string symbol, long value)
    {
        symbols[symbol] = value;
        return this;
    }

    /// <summary>Calls a tensor method with its arguments in order.</summary>
    public Node Call(string name, params object?[] arguments)
    {
        var method = OpRegistry.Methods.OrderBy(m => m.Parameters.Count).First(m => m.Name == name && (m.Parameters.Count == arguments.Length
            || (m.Parameters.Count > arguments.Length && m.Parameters.Skip(arguments.Length).All(p => p.HasDefault || p.Kind == ParameterKind.Ints))));
        return Invocation.Invoke(Graph, method, method.Parameters.Zip(arguments).ToDictionary(a => a.First.Name, a => Value(a.Second)));
    }

    /// <summary>Applies a layer called 'layer'.</summary>
    public Node Apply(string layer, Node x, bool training, params (string Name, object Value)[] arguments) => Invocation.Apply(
        Graph, LayerRegistry.Find(layer)!, arguments.ToDictionary(a => a.Name, a => Value(a.Value)), "layer", "Layer 'layer'", [x], training, this);

    public NdArray Evaluate(Node node) => Interpreter.Evaluate([node], leaf => leaf switch
    {
        InputLeaf input => values[input.Input],
        ParameterLeaf parameter => First(parameter.Type.Shape, parameter.Initializer),
        StateLeaf state => First(state.Type.Shape, state.Initializer),
        _ => null,
    }, s => symbols[s], round: false, (stream, element) => Philox.Uniform(0, 0, stream, element))[0];

    static NdArray First(Shape shape, Initializer initializer)
    {
        var result = new NdArray(shape.Evaluate(_ => 0));
        Array.Fill(result.Data, initializer.A);
        return result;
    }

    static object? Value(object? argument) => argument switch
    {
        int whole => (Dim)whole,
        int[] several => several.Select(s => (Dim)s).ToArray(),
        _ => argument,
    };

    Node IParameterSource.Parameter(string path, Shape logicalShape, IReadOnlyList<int> storageAxes, Initializer initializer, bool frozen)
    {
        Leaves.Add($"{path} {logicalShape}");
        return Graph.Add(new ParameterLeaf(path, logicalShape, storageAxes, initializer, false, DType.Float64));
    }

    Node IParameterSource.State(string path, Shape shape, Initializer initializer)
    {
        Leaves.Add($"{path} {shape}");
        return Graph.Add(new StateLeaf(path, shape, initializer, DType.Float64));
    }

    void IParameterSource.Update(string path, Node value) =>
        Graph.Updates.Add((Graph.Nodes.Select(n => n.Op).OfType<StateLeaf>().Single(s => s.Path == path), value));
}
