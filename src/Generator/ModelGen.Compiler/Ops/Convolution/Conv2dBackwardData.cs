namespace ModelGen.Compiler.Ops;

/// <summary>
/// dx of <see cref="Conv2d"/>: dy [N, H', W', O] and w [kh, kw, C / groups, O] → dx [N, H, W, C] (a transposed convolution). Several H give
/// one H', so the input's size is an attribute.
/// </summary>
internal sealed class Conv2dBackwardData(Window2d window, int groups, Dim height, Dim width) : KernelOp
{
    public Window2d Window { get; } = window;
    public int Groups { get; } = groups;
    public Dim Height { get; } = height;
    public Dim Width { get; } = width;
    public override bool IsFactor(int input) => true;
    public override string Name => "conv2d_backward_data";
    public override string Attributes => $"{Window} groups={Groups} in={Height},{Width}";

    public static Node Of(Node dy, Node weight, Window2d window, int groups, Dim height, Dim width) =>
        dy.Graph.Add(new Conv2dBackwardData(window, groups, height, width), dy, weight);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) =>
        new(inputs[0].DType, new Shape(inputs[0].Shape[0], Height, Width, inputs[1].Shape[2] * Groups));

    // The weight is the same for all images.
    public override TimeAxis? Follow(TimeFlow flow) => flow.Inputs[1] is null ? flow.Leading() : null;

    // Linear in dy and in the weight: with g = dL/d(dx), the weight's part is the weight gradient of a convolution of g.
    public override void Backward(Vjp vjp)
    {
        Node dy = vjp.Input(0), weight = vjp.Input(1);
        vjp.Add(0, Conv2d.Of(vjp.Dy, weight, Window, Groups));
        vjp.Add(1, Conv2dBackwardWeight.Of(vjp.Dy, dy, Window, Groups));
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var (dy, w) = (call[0], call[1]);
        var dx = new NdArray(call.ResultShape);
        Conv2d.Visit(dx.Shape, dy.Shape, Window, Groups, (xi, wi, yi) => dx[xi] += dy[yi] * w[wi]);
        return dx;
    }

    public override KernelCall Kernel(Node y) =>
        Conv2d.Call("Conv2d.BackwardData", "Conv2d dx", y.Shape, y.Inputs[0].Shape, Window, Groups, (Dim.One, y.Shape.Product(0, 3), y.Shape[3]));
}
