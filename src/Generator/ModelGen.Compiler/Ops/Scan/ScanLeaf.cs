namespace ModelGen.Compiler.Ops;

/// <summary>What the body of a <see cref="Scan"/> is given in one step: the row of a sequence, a carried value, or what is the same in every step.</summary>
/// <param name="index">Which of the scan's inputs.</param>
/// <param name="type">Its type in one step.</param>
internal sealed class ScanLeaf(int index, TensorType type) : LeafOp
{
    public int Index { get; } = index;
    public override TensorType Type { get; } = type;
    public override string Name => "scan_leaf";
    public override string Attributes => $"{Index} {Type}";
}
