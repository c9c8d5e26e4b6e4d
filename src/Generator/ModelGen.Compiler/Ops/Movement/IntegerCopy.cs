namespace ModelGen.Compiler.Ops;

/// <summary>y = x in memory of its own, for integers, which no loop writes. Each has a number, so that two copies of one value stay two.</summary>
internal sealed class IntegerCopy(int number) : MovementOp
{
    public override string Name => "copy";
    public override string Attributes => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => inputs[0];

    public override IReadOnlyList<Piece> Pieces(Node y) => [new Piece(0, [y.Shape.Elements], [Dim.One], Dim.Zero, [Dim.One], Dim.Zero)];

    public override void Backward(Vjp vjp) { }

    public override NdArray Reference(ReferenceCall call) => call[0];
}
