namespace ModelGen.Compiler.Ops;

/// <summary>
/// The largest element of each window, per channel: x [N, H, W, C] → y [N, H', W', C]. The padding never wins. Where elements tie, the first
/// in row-major order gets the gradient, as in PyTorch.
/// </summary>
internal sealed class MaxPool2d(Window2d window) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "MaxPool2d",
        Summary = "The largest element of each window: [N, C, H, W] → [N, C, H', W'] with H' = floor((H + 2·padding - kernelSize) / stride) + 1.",
        Parameters = Pooling.Parameters,
        Build = call => Pooling.Build(call, window => new MaxPool2d(window)),
        Samples = Pooling.Samples,
        PyTorch = "torch.nn.functional.max_pool2d",
    };

    public Window2d Window { get; } = window;
    public override string Name => "max_pool2d";
    public override string Attributes => Window.ToString();

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => Pooling.Infer(Name, Window, inputs[0]);

    public override TimeAxis? Follow(TimeFlow flow) => flow.Leading();

    public override void Backward(Vjp vjp) => vjp.Add(0, vjp.Graph.Add(new MaxPool2dGradient(Window), vjp.X, vjp.Dy));

    public override NdArray Reference(ReferenceCall call)
    {
        var x = call[0];
        var y = new NdArray(call.ResultShape);
        int n = 0;
        foreach (var o in y.Indices())
        {
            var (i, j) = Winner(x, Window, o);
            y.Data[n++] = x[o[0], i, j, o[3]];
        }
        return y;
    }

    /// <summary>The first largest element of the window of output <paramref name="o"/>; a NaN wins.</summary>
    internal static (int Row, int Column) Winner(NdArray x, Window2d window, int[] o)
    {
        (int Row, int Column)? best = null;
        foreach (var (i, j) in Pooling.Positions(window, x.Shape, o[1], o[2]))
        {
            double value = x[o[0], i, j, o[3]];
            if (best is not { } b || value > x[o[0], b.Row, b.Column, o[3]] || double.IsNaN(value)) best = (i, j);
        }
        return best ?? throw new InvalidOperationException("A window lies wholly in the padding.");
    }

    public override KernelCall Kernel(Node y) => Pooling.Call("MaxPool2d.Forward", "MaxPool2d", y.Inputs[0].Shape, y.Shape, Window, (Dim.One, y.Shape.Product(0, 3), y.Shape[3]));
}

/// <summary>dx of <see cref="MaxPool2d"/>: each dy goes to the winner of its window. Inputs x [N, H, W, C] and dy [N, H', W', C] → dx.</summary>
internal sealed class MaxPool2dGradient(Window2d window) : KernelOp
{
    public Window2d Window { get; } = window;
    public override bool ToleratesRounding(int input) => true;
    public override string Name => "max_pool2d_gradient";
    public override string Attributes => Window.ToString();

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => inputs[0];

    public override TimeAxis? Follow(TimeFlow flow) => flow.Leading();

    // Linear in dy: what flows to the winner of a window goes back to its dy. Where x moves a little, the winners stay.
    public override void Backward(Vjp vjp) => vjp.Add(1, OfWinners(vjp.X, vjp.Dy));

    // The elements of an image at the winners of x, [N, H', W', C]. Both lie side by side window by window, in the order in which a window's first winner is found.
    Node OfWinners(Node x, Node image)
    {
        var (height, width) = Window.Output($"'{Name}'", x.Shape[1], x.Shape[2], x.Shape);
        Dim batch = x.Shape[0], channels = x.Shape[3], windows = height * width;
        Node Windows(Node of) => Reshape.Of(Unfold2d.Of(Permute.Of(of, 0, 3, 1, 2), Window), new Shape(batch, channels, Window.KernelHeight * Window.KernelWidth, windows));
        var values = Windows(x);
        if (Window.PaddingY + Window.PaddingX > 0)
        {
            Node Filled(double value, Shape shape) => BroadcastTo.Of(x.Graph.Constant(value, x.DType), shape);
            values = Where.Of(Windows(Filled(1, x.Shape)), values, Filled(double.NegativeInfinity, values.Shape));
        }
        var winners = Unsqueeze.Of(ArgMax.Of(values, 2, smallest: false), 2);
        return Permute.Of(Reshape.Of(Gather.Of(Windows(image), winners, 2), new Shape(batch, channels, height, width)), 0, 2, 3, 1);
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var (x, dy) = (call[0], call[1]);
        var dx = new NdArray(call.ResultShape);
        int n = 0;
        foreach (var o in dy.Indices())
        {
            var (i, j) = MaxPool2d.Winner(x, Window, o);
            dx[o[0], i, j, o[3]] += dy.Data[n++];
        }
        return dx;
    }

    public override KernelCall Kernel(Node y) => Pooling.Call("MaxPool2d.Backward", "MaxPool2d dx", y.Shape, y.Inputs[1].Shape, Window, (Dim.One, y.Shape.Product(0, 3), y.Shape[3]));
}
