namespace ModelGen.Compiler.Ops;

/// <summary>One result of a <see cref="MultiResultOp"/>: a view of its memory.</summary>
/// <param name="index">Which result.</param>
/// <param name="offset">Where it begins, in elements.</param>
/// <param name="type">What it is.</param>
internal sealed class Result(int index, Dim offset, TensorType type) : Op
{
    public int Index { get; } = index;
    public Dim Offset { get; } = offset;
    public TensorType Type { get; } = type;
    public override string Name => "result";
    public override string Attributes => $"index={Index} offset={Offset} {Type}";

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => Type;

    public override void Backward(Vjp vjp) => throw new InvalidOperationException("The gradient of a result belongs to the op that computes it.");

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        Array.Copy(call[0].Data, checked((int)call.Size(Offset)), y.Data, 0, y.Length);
        return y;
    }
}
