using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Layers;
using ModelGen.Compiler.Ops;
using ModelGen.Compiler.Shapes;

namespace ModelGen;

/// <summary>Gives a layer's forward pass its parameters as leaves, and the interpreter their values.</summary>
internal sealed class EagerParameterSource(Graph graph, LayerWeights weights, DType type) : IParameterSource
{
    readonly Dictionary<string, Node> updates = new(StringComparer.Ordinal);

    public Node Parameter(string path, Shape logicalShape, IReadOnlyList<int> storageAxes, Compiler.Ops.Initializer initializer) =>
        graph.Add(new ParameterLeaf(path, logicalShape, storageAxes, initializer, frozen: false, type));

    public Node State(string path, Shape shape, Compiler.Ops.Initializer initializer) => graph.Add(new StateLeaf(path, shape, initializer, type));

    public void Update(string path, Node value) => updates[path] = value;

    /// <summary>New values of states, and where they go.</summary>
    public IReadOnlyCollection<(NdArrayTarget Target, Node Value)> Updates =>
        updates.Select(u => ((NdArrayTarget)(value => weights.Write(u.Key, value)), u.Value)).ToArray();

    /// <summary>The value of a leaf, in the order of axes that the graph sees.</summary>
    public NdArray? Values(LeafOp leaf) => leaf switch
    {
        ParameterLeaf p => Stored(weights.Read(p.Path, Sizes(p.LogicalShape), p.Initializer, type), p.StorageAxes),
        StateLeaf s => weights.Read(s.Path, Sizes(s.Type.Shape), s.Initializer, type),
        _ => null,
    };

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
