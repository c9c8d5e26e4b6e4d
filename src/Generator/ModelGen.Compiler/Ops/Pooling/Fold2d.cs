namespace ModelGen.Compiler.Ops;

/// <summary>
/// y[n, c, h, w] = the sum of all x[n, (c, ky, kx), (oy, ox)] whose window element lies there: columns as an image, overlaps added up (col2im). It is the gradient of
/// <see cref="Unfold2d"/>, and the other way round.
/// </summary>
internal sealed class Fold2d(Window2d window, Dim height, Dim width) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Fold2d",
        Summary = "Columns as images, overlapping windows added up (col2im): [N, C·kernelSize², L] → [N, C, height, width], for the L windows that such an image has. What x.Unfold2d(...) took apart is put back, each element as often as windows hold it.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "columns, [N, C·kernelSize², L]"), SurfaceParameter.Int("height", "rows of the image"), SurfaceParameter.Int("width", "columns of the image"), .. Unfold2d.WindowParameters,
        ],
        Build = call =>
        {
            var x = call.Tensor("x");
            if (x.Shape.Rank != 3) throw new ModelException(Rules.Rank, $"'Fold2d' takes columns [N, C·kernelSize², L], but was given {x.Shape}.");
            return Of(x, Unfold2d.WindowOf(call), call.Size("height"), call.Size("width"));
        },
        Samples =
        [
            new Sample([2, 12, 12]).With("height", 4).With("width", 5).With("kernelSize", 2), new Sample([1, 18, 9]).With("height", 5).With("width", 6).With("kernelSize", 3).With("stride", 2).With("padding", 1),
            new Sample([2, 4, 56]).With("height", 7).With("width", 6).With("kernelSize", 2).With("dilation", 3).With("padding", 2),
        ],
        PyTorch = "torch.nn.functional.fold",
    };

    public Window2d Window { get; } = window;
    public Dim Height { get; } = height;
    public Dim Width { get; } = width;
    public override string Name => "fold2d";
    public override string Attributes => $"{Window} to={Height},{Width}";

    public static Node Of(Node x, Window2d window, Dim height, Dim width) => x.Graph.Add(new Fold2d(window, height, width), x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var x = inputs[0].Shape;
        int area = Window.KernelHeight * Window.KernelWidth;
        var channels = x[1].DivideExactly(area) ?? throw new ModelException(Rules.FeatureCount,
            $"'Fold2d' with windows of {Window.KernelHeight} x {Window.KernelWidth} needs a multiple of {area} rows, but was given {x}.");
        var image = new Shape(x[0], channels, Height, Width);
        var (rows, columns) = Window.Output("'Fold2d'", Height, Width, image);
        if (x[2] != rows * columns) throw new ModelException(Rules.SameShape, $"'Fold2d' to {image} needs one column for each of its {rows * columns} windows, but was given {x}, with {x[2]}.");
        return new TensorType(inputs[0].DType, image);
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.Leading();

    public override void Backward(Vjp vjp) => vjp.Add(0, Unfold2d.Of(vjp.Dy, Window));

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        Unfold2d.Visit(Window, y.Shape, (image, column) => y.Data[image] += call[0].Data[column]);
        return y;
    }

    public override KernelCall Kernel(Node y) => Unfold2d.Call("Unfold2d.Backward", "Fold2d", y.Shape, Window);
}
