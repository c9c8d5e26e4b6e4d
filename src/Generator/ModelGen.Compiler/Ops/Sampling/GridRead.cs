namespace ModelGen.Compiler.Ops;

/// <summary>
/// y[n, p, c] = Σ u(i - row[n, p]) v(j - column[n, p]) x[n, i, j, c] over the four pixels around a position, 0 outside of the image. Along each axis the two weights are those of a straight
/// line, (1 - f, f) for the fraction f of the position, or those of its slope, (-1, 1). Inputs: images [N, H, W, C], columns and rows [N, ...], in pixels → y [N, ..., C].
/// </summary>
/// <remarks>
/// The slope of a line is the gradient with respect to the position, and that of a slope is nothing. So this op and <see cref="GridWrite"/>, its transpose, are differentiable to any order.
/// </remarks>
internal sealed class GridRead(bool slopeX, bool slopeY) : KernelOp
{
    public bool SlopeX { get; } = slopeX;
    public bool SlopeY { get; } = slopeY;
    public override string Name => "grid_read";
    public override string Attributes => Slopes(SlopeX, SlopeY);

    public static Node Of(Node x, Node column, Node row, bool slopeX, bool slopeY) => x.Graph.Add(new GridRead(slopeX, slopeY), x, column, row);

    internal static string Slopes(bool x, bool y) => (x, y) switch { (false, false) => "", (true, false) => "slope=x", (false, true) => "slope=y", _ => "slope=xy" };

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(inputs[0].DType, new Shape(inputs[1].Shape.Append(inputs[0].Shape[3])));

    public override TimeAxis? Follow(TimeFlow flow) => flow.Leading();

    public override void Backward(Vjp vjp)
    {
        Node x = vjp.Input(0), column = vjp.Input(1), row = vjp.Input(2);
        vjp.Add(0, GridWrite.Of(column, row, vjp.Dy, x.Shape[1], x.Shape[2], SlopeX, SlopeY));
        if (!SlopeX) vjp.Add(1, Channels(vjp.Dy * Of(x, column, row, true, SlopeY)));
        if (!SlopeY) vjp.Add(2, Channels(vjp.Dy * Of(x, column, row, SlopeX, true)));
    }

    /// <summary>The sum over the channels: what flows to a position.</summary>
    internal static Node Channels(Node y) => Sum.Of(y, [y.Shape.Rank - 1], keepDims: false);

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        Visit(call[0].Shape, call[1], call[2], SlopeX, SlopeY, (pixel, point, weight) => y.Data[point] += weight * call[0].Data[pixel]);
        return y;
    }

    /// <summary>Every pixel of the images that a point reads, channel by channel: its place, that of the result, and the weight.</summary>
    internal static void Visit(int[] images, NdArray column, NdArray row, bool slopeX, bool slopeY, Action<int, int, double> pair)
    {
        int height = images[1], width = images[2], channels = images[3], points = images[0] == 0 ? 0 : column.Length / images[0];
        for (int p = 0; p < column.Length; p++)
        {
            double x = column.Data[p], y = row.Data[p];
            if (!(x >= -1 && x < width && y >= -1 && y < height)) continue;
            for (int corner = 0; corner < 4; corner++)
            {
                var (right, below) = (corner % 2, corner / 2);
                int i = (int)Math.Floor(y) + below, j = (int)Math.Floor(x) + right;
                if (i < 0 || i >= height || j < 0 || j >= width) continue;
                double weight = Along(x, right, slopeX) * Along(y, below, slopeY);
                for (int c = 0; c < channels; c++) pair((((((p / points) * height) + i) * width) + j) * channels + c, (p * channels) + c, weight);
            }
        }
    }

    static double Along(double position, int next, bool slope) =>
        slope ? (next == 0 ? -1 : 1) : next == 0 ? 1 - (position - Math.Floor(position)) : position - Math.Floor(position);

    public override KernelCall Kernel(Node y) => Call("GridSampling.Read", "GridRead", y.Inputs[0].Shape, y.Inputs[1].Shape, SlopeX, SlopeY);

    /// <summary>The call of one of the two kernels.</summary>
    internal static KernelCall Call(string method, string name, Shape images, Shape positions, bool slopeX, bool slopeY) => new()
    {
        Method = method,
        Label = $"{name} {images[1]}x{images[2]}",
        ShapeType = "GridShape",
        Shape = [("Batch", images[0]), ("Height", images[1]), ("Width", images[2]), ("Channels", images[3]), ("Points", positions.Product(1, positions.Rank))],
        Options = [slopeX ? "true" : "false", slopeY ? "true" : "false"],
    };
}
