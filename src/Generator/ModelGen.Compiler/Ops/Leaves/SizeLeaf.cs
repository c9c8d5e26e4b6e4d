namespace ModelGen.Compiler.Ops;

/// <summary>A symbolic size as a floating-point scalar: the N of a mean over the batch.</summary>
internal sealed class SizeLeaf(Dim size, DType type) : LeafOp
{
    public Dim Size { get; } = size;
    public override string Name => "size";
    public override string Attributes => $"{Size} {Type.DType}";
    public override TensorType Type { get; } = new(type, Shape.Scalar);
    public override NdArray Reference(ReferenceCall call) => NdArray.Scalar(call.Size(Size));
}
