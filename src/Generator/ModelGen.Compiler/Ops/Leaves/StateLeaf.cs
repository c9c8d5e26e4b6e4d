namespace ModelGen.Compiler.Ops;

/// <summary>A tensor that belongs to the model and is saved with it, but is not trained: running statistics.</summary>
internal sealed class StateLeaf(string path, Shape shape, Initializer initializer, DType type) : LeafOp
{
    public string Path { get; } = path;
    public Initializer Initializer { get; } = initializer;
    public override string Name => "state";
    public override string Attributes => $"{Path} {Type}";
    public override TensorType Type { get; } = new(type, shape);
}
