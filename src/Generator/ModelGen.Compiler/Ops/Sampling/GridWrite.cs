namespace ModelGen.Compiler.Ops;

/// <summary>
/// dx of <see cref="GridRead"/>: each dy adds to the four pixels around its position, point by point, so that the sum has the same bits for every number of threads. Inputs: columns and rows
/// [N, ...], dy [N, ..., C] → dx [N, H, W, C].
/// </summary>
internal sealed class GridWrite(Dim height, Dim width, bool slopeX, bool slopeY) : KernelOp
{
    public Dim Height { get; } = height;
    public Dim Width { get; } = width;
    public bool SlopeX { get; } = slopeX;
    public bool SlopeY { get; } = slopeY;
    public override string Name => "grid_write";
    public override string Attributes => $"{Height}x{Width} {GridRead.Slopes(SlopeX, SlopeY)}".TrimEnd();

    public static Node Of(Node column, Node row, Node dy, Dim height, Dim width, bool slopeX, bool slopeY) =>
        dy.Graph.Add(new GridWrite(height, width, slopeX, slopeY), column, row, dy);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var dy = inputs[2].Shape;
        return new TensorType(inputs[2].DType, new Shape(dy[0], Height, Width, dy[dy.Rank - 1]));
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.Leading();

    // Linear in dy; in the positions it is what reading the incoming gradient is.
    public override void Backward(Vjp vjp)
    {
        Node column = vjp.Input(0), row = vjp.Input(1), dy = vjp.Input(2);
        vjp.Add(2, GridRead.Of(vjp.Dy, column, row, SlopeX, SlopeY));
        if (!SlopeX) vjp.Add(0, GridRead.Channels(dy * GridRead.Of(vjp.Dy, column, row, true, SlopeY)));
        if (!SlopeY) vjp.Add(1, GridRead.Channels(dy * GridRead.Of(vjp.Dy, column, row, SlopeX, true)));
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var dx = new NdArray(call.ResultShape);
        GridRead.Visit(dx.Shape, call[0], call[1], SlopeX, SlopeY, (pixel, point, weight) => dx.Data[pixel] += weight * call[2].Data[point]);
        return dx;
    }

    public override KernelCall Kernel(Node y) => GridRead.Call("GridSampling.Write", "GridWrite", y.Shape, y.Inputs[0].Shape, SlopeX, SlopeY);
}
