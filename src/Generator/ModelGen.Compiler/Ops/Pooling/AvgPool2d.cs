namespace ModelGen.Compiler.Ops;

/// <summary>
/// The mean of each window, per channel: x [N, H, W, C] → y [N, H', W', C]. The padding counts as zeros (PyTorch's count_include_pad), so
/// every window divides by its full size.
/// </summary>
internal sealed class AvgPool2d(Window2d window) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "AvgPool2d",
        Summary = "The mean of each window: [N, C, H, W] → [N, C, H', W'] with H' = floor((H + 2·padding - kernelSize) / stride) + 1. The padding counts as zeros.",
        Parameters = Pooling.Parameters,
        Build = call => Pooling.Build(call, window => new AvgPool2d(window)),
        Samples = Pooling.Samples,
        PyTorch = "torch.nn.functional.avg_pool2d",
    };

    /// <summary>The kernel's option: divide by the whole window.</summary>
    internal const string CountPadding = "true";

    public Window2d Window { get; } = window;
    public override string Name => "avg_pool2d";
    public override string Attributes => Window.ToString();

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => Pooling.Infer(Name, Window, inputs[0]);

    public override TimeAxis? Follow(TimeFlow flow) => flow.Leading();

    public override void Backward(Vjp vjp) =>
        vjp.Add(0, vjp.Graph.Add(new AvgPool2dGradient(Window, vjp.X.Shape[1], vjp.X.Shape[2]), vjp.Dy));

    public override NdArray Reference(ReferenceCall call)
    {
        var x = call[0];
        var y = new NdArray(call.ResultShape);
        int n = 0;
        foreach (var o in y.Indices())
            y.Data[n++] = Pooling.Positions(Window, x.Shape, o[1], o[2]).Sum(p => x[o[0], p.Row, p.Column, o[3]]) / (Window.KernelHeight * Window.KernelWidth);
        return y;
    }

    public override KernelCall Kernel(Node y) => Pooling.Call("AvgPool2d.Forward", "AvgPool2d", y.Inputs[0].Shape, y.Shape, Window, options: CountPadding);
}

/// <summary>dx of <see cref="AvgPool2d"/>: each dy spreads evenly over its window. dy [N, H', W', C] → dx [N, H, W, C].</summary>
internal sealed class AvgPool2dGradient(Window2d window, Dim height, Dim width) : KernelOp
{
    public Window2d Window { get; } = window;
    public Dim Height { get; } = height;
    public Dim Width { get; } = width;
    public override string Name => "avg_pool2d_gradient";
    public override string Attributes => $"{Window} in={Height},{Width}";

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) =>
        new(inputs[0].DType, inputs[0].Shape.With(1, Height).With(2, Width));

    public override TimeAxis? Follow(TimeFlow flow) => flow.Leading();

    // Linear in dy: the transpose of the transpose is the pooling.
    public override void Backward(Vjp vjp) => vjp.Add(0, vjp.Graph.Add(new AvgPool2d(Window), vjp.Dy));

    public override NdArray Reference(ReferenceCall call)
    {
        var dy = call[0];
        var dx = new NdArray(call.ResultShape);
        int n = 0;
        foreach (var o in dy.Indices())
        {
            double share = dy.Data[n++] / (Window.KernelHeight * Window.KernelWidth);
            foreach (var (i, j) in Pooling.Positions(Window, dx.Shape, o[1], o[2])) dx[o[0], i, j, o[3]] += share;
        }
        return dx;
    }

    public override KernelCall Kernel(Node y) => Pooling.Call("AvgPool2d.Backward", "AvgPool2d dx", y.Shape, y.Inputs[0].Shape, Window, options: AvgPool2d.CountPadding);
}
