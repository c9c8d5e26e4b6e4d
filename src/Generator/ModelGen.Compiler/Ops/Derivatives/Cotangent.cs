namespace ModelGen.Compiler.Ops;

/// <summary>
/// Stands for a gradient that is not known yet: dL/dy in a gradient that the user writes, or the weights of a vector-Jacobian product. It is replaced before
/// anything is computed.
/// </summary>
/// <param name="purpose">Whose it is: two of one purpose and type are one.</param>
/// <param name="type">The type of what it is the gradient of.</param>
internal sealed class Cotangent(string purpose, TensorType type) : LeafOp
{
    public override string Name => "cotangent";
    public override string Attributes => $"{purpose} {type}";
    public override TensorType Type => type;
}
