using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Layers;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Shapes;

namespace ModelGen;

/// <summary>Gives a layer's forward pass its parameters as leaves, and the interpreter their values.</summary>
/// <param name="graph">Where the leaves go.</param>
/// <param name="weights">The layer's weights.</param>
/// <param name="type">Their element type in the graph.</param>
/// <param name="prefix">Tells the leaves of several layers apart.</param>
/// <param name="values">What was read, by path; empty at first.</param>
internal sealed class EagerParameterSource(Graph graph, LayerWeights weights, DType type, string prefix, Dictionary<string, NdArray> values) : IParameterSource
{
    readonly Dictionary<string, Node> updates = new(StringComparer.Ordinal);

    public Node Parameter(string path, Shape logicalShape, IReadOnlyList<int> storageAxes, Compiler.Ops.Initializer initializer, bool frozen)
    {
        if (!values.ContainsKey(path)) values[path] = Stored(weights.Read(path, Sizes(logicalShape), initializer, type), storageAxes);
        return graph.Add(new ParameterLeaf(prefix + path, logicalShape, storageAxes, initializer, frozen, type));
    }

    public Node State(string path, Shape shape, Compiler.Ops.Initializer initializer)
    {
        if (!values.ContainsKey(path)) values[path] = weights.Read(path, Sizes(shape), initializer, type);
        return graph.Add(new StateLeaf(prefix + path, shape, initializer, type));
    }

    public void Update(string path, Node value) => updates[path] = value;

    /// <summary>The values of the leaves by path, in the order of axes that the graph sees.</summary>
    public IReadOnlyDictionary<string, NdArray> Values => values;

    /// <summary>Whether the leaves belong to these weights, with these values.</summary>
    public bool IsOf(LayerWeights layer, IReadOnlyDictionary<string, NdArray> read) =>
        layer == weights && read.All(r => !values.TryGetValue(r.Key, out var known) || known.Data.AsSpan().SequenceEqual(r.Value.Data));

    /// <summary>New values of states, and where they go.</summary>
    public IReadOnlyCollection<(NdArrayTarget Target, Node Value)> Updates =>
        updates.Select(u => ((NdArrayTarget)(value => weights.Write(u.Key, value)), u.Value)).ToArray();

    static int[] Sizes(Shape shape) => shape.Evaluate(symbol => throw new InvalidOperationException($"The size '{symbol}' is not known in an eager run."));

    static NdArray Stored(NdArray logical, IReadOnlyList<int> axes)
    {
        var stored = new NdArray(axes.Select(a => logical.Shape[a]).ToArray());
        var source = new int[axes.Count];
        int n = 0;
        foreach (var index in stored.Indices())
        {
            for (int i = 0; i < source.Length; i++) source[axes[i]] = index[i];
            stored.Data[n++] = logical[source];
        }
        return stored;
    }
}
