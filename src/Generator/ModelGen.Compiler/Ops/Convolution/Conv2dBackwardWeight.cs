namespace ModelGen.Compiler.Ops;

/// <summary>dw of <see cref="Conv2d"/>: x [N, H, W, C] and dy [N, H', W', O] → dw [kh, kw, C / groups, O].</summary>
internal sealed class Conv2dBackwardWeight(Window2d window, int groups) : KernelOp
{
    public Window2d Window { get; } = window;
    public int Groups { get; } = groups;
    public override bool IsFactor(int input) => true;
    public override string Name => "conv2d_backward_weight";
    public override string Attributes => $"{Window} groups={Groups}";

    public static Node Of(Node x, Node dy, Window2d window, int groups) => x.Graph.Add(new Conv2dBackwardWeight(window, groups), x, dy);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var (x, dy) = (inputs[0].Shape, inputs[1].Shape);
        var perGroup = x[3].DivideExactly(Groups) ?? throw new ModelException(Rules.Groups, $"'{Name}' cannot split {x[3]} channels into {Groups} groups.");
        return new TensorType(inputs[0].DType, new Shape(Window.KernelHeight, Window.KernelWidth, perGroup, dy[3]));
    }

    // Linear in x and in dy; g = dL/d(dw) has the weight's shape.
    public override void Backward(Vjp vjp)
    {
        Node x = vjp.Input(0), dy = vjp.Input(1);
        vjp.Add(0, Conv2dBackwardData.Of(dy, vjp.Dy, Window, Groups, x.Shape[1], x.Shape[2]));
        vjp.Add(1, Conv2d.Of(x, vjp.Dy, Window, Groups));
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var (x, dy) = (call[0], call[1]);
        var dw = new NdArray(call.ResultShape);
        Conv2d.Visit(x.Shape, dy.Shape, Window, Groups, (xi, wi, yi) => dw[wi] += x[xi] * dy[yi]);
        return dw;
    }

    public override KernelCall Kernel(Node y) => Conv2d.Call("Conv2d.BackwardWeight", "Conv2d dw", y.Inputs[0].Shape, y.Inputs[1].Shape, Window, Groups, epilogue: null);
}
