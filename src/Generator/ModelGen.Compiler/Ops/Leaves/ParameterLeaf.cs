namespace ModelGen.Compiler.Ops;

/// <summary>
/// A trainable tensor. The graph sees it in storage order; the user sees <see cref="LogicalShape"/> (PyTorch's), where storage axis
/// <c>i</c> is logical axis <c>StorageAxes[i]</c>.
/// </summary>
internal sealed class ParameterLeaf(string path, Shape logicalShape, IReadOnlyList<int> storageAxes, Initializer initializer, bool frozen, DType type) : LeafOp
{
    /// <summary>Its name in <c>Parameters</c> and in files: <c>blocks.0.norm1.weight</c>.</summary>
    public string Path { get; } = path;
    public Shape LogicalShape { get; } = logicalShape;
    public IReadOnlyList<int> StorageAxes { get; } = storageAxes;
    public Initializer Initializer { get; } = initializer;

    /// <summary>True when no optimizer may change it.</summary>
    public bool Frozen { get; } = frozen;
    public override string Name => "parameter";
    public override string Attributes => $"{Path} {Type}{(Frozen ? " frozen" : "")}";
    public override TensorType Type { get; } = new(type, logicalShape.Permuted(storageAxes));
}
