using System.Globalization;

namespace ModelGen.Compiler.Ops;

/// <summary>A scalar constant.</summary>
internal sealed class ConstantLeaf(double value, DType type) : LeafOp
{
    public double Value { get; } = value;
    public override string Name => "const";
    public override string Attributes => Value.ToString("R", CultureInfo.InvariantCulture) + " " + Type.DType;
    public override TensorType Type { get; } = new(type, Shape.Scalar);
    public override NdArray Reference(ReferenceCall call) => NdArray.Scalar(Value);
}
