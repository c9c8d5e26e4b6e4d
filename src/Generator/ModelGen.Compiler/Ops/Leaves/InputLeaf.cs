namespace ModelGen.Compiler.Ops;

/// <summary>An argument of the compiled method, by its parameter's name.</summary>
internal sealed class InputLeaf(string input, TensorType type) : LeafOp
{
    public string Input { get; } = input;
    public override string Name => "input";
    public override string Attributes => $"{Input} {Type}";
    public override TensorType Type { get; } = type;
}
