namespace ModelGen.Compiler.Ops;

/// <summary>What a training step multiplies its loss by: the gradient that the backward pass begins with. 1 unless the optimizer says otherwise.</summary>
internal sealed class LossScaleLeaf(DType type) : LeafOp
{
    public override string Name => "loss_scale";
    public override TensorType Type { get; } = new(type, Shape.Scalar);
    public override NdArray Reference(ReferenceCall call) => NdArray.Scalar(1);
}
