namespace ModelGen.Compiler.Ops;

/// <summary>
/// y[n, p, q, o] = Σ x[n, i(p, r), j(q, s), c] w[r, s, c, o] over the kernel (r, s) and the channels c of o's group, channels last:
/// x [N, H, W, C], w [kh, kw, C / groups, O] → y [N, H', W', O]. What lies in the padding is zero.
/// </summary>
internal sealed class Conv2d(Window2d window, int groups) : KernelOp
{
    public Window2d Window { get; } = window;
    public int Groups { get; } = groups;
    public override bool IsFactor(int input) => true;
    public override string Name => "conv2d";
    public override string Attributes => $"{Window} groups={Groups}";

    public static Node Of(Node x, Node weight, Window2d window, int groups) => x.Graph.Add(new Conv2d(window, groups), x, weight);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var (x, w) = (inputs[0].Shape, inputs[1].Shape);
        if (x.Rank != 4 || w.Rank != 4) throw new ModelException(Rules.Rank, $"'{Name}' takes [N, H, W, C] and a weight [kh, kw, C / groups, O], but was given {x} and {w}.");
        if (!w[0].Is(Window.KernelHeight) || !w[1].Is(Window.KernelWidth)) throw new ModelException(Rules.Window,
            $"'{Name}' with a window of {Window.KernelHeight}x{Window.KernelWidth} was given a weight {w}.");
        if (w[2] * Groups != x[3] || w[3].DivideExactly(Groups) is null) throw new ModelException(Rules.Groups,
            $"'{Name}' with {Groups} groups cannot apply a weight {w} to {x}: the weight needs {x[3]} / {Groups} input channels, and both counts of channels must be multiples of {Groups}.");
        var (height, width) = Window.Output($"'{Name}'", x[1], x[2], x);
        return new TensorType(inputs[0].DType, new Shape(x[0], height, width, w[3]));
    }

    // The weight is the same for all images.
    public override TimeAxis? Follow(TimeFlow flow) => flow.Inputs[1] is null ? flow.Leading() : null;

    public override void Backward(Vjp vjp)
    {
        Node x = vjp.Input(0), weight = vjp.Input(1);
        vjp.Add(0, Conv2dBackwardData.Of(vjp.Dy, weight, Window, Groups, x.Shape[1], x.Shape[2]));
        vjp.Add(1, Conv2dBackwardWeight.Of(x, vjp.Dy, Window, Groups));
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var (x, w) = (call[0], call[1]);
        var y = new NdArray(call.ResultShape);
        Visit(x.Shape, y.Shape, Window, Groups, (xi, wi, yi) => y[yi] += x[xi] * w[wi]);
        return y;
    }

    /// <summary>Every product of the convolution once, by the indices of its input, weight and output: the definition that all three references share.</summary>
    internal static void Visit(int[] x, int[] y, Window2d window, int groups, Action<int[], int[], int[]> product)
    {
        int perGroup = x[3] / groups, outputsPerGroup = y[3] / groups;
        foreach (var o in NdArray.Indices(y))
            for (int r = 0; r < window.KernelHeight; r++)
                for (int s = 0; s < window.KernelWidth; s++)
                {
                    int i = window.Row(o[1], r), j = window.Column(o[2], s);
                    if (i < 0 || i >= x[1] || j < 0 || j >= x[2]) continue;
                    for (int c = 0; c < perGroup; c++) product([o[0], i, j, (o[3] / outputsPerGroup * perGroup) + c], [r, s, c, o[3]], o);
                }
    }

    public override KernelCall Kernel(Node y)
    {
        var (x, o) = (y.Inputs[0].Shape, y.Shape);
        return Call("Conv2d.Forward", "Conv2d", x, o, Window, Groups, (Dim.One, o[0] * o[1] * o[2], o[3]));
    }

    /// <summary>The call of one of the three convolution kernels.</summary>
    internal static KernelCall Call(string method, string name, Shape x, Shape y, Window2d window, int groups, (Dim, Dim, Dim)? epilogue)
    {
        var perGroup = x[3].DivideExactly(groups) ?? throw new InvalidOperationException($"{x[3]} channels in {groups} groups.");
        return new KernelCall
        {
            Method = method,
            Label = $"{name} {window.KernelHeight}x{window.KernelWidth} {x[3]}→{y[3]}",
            ShapeType = "Conv2dShape",
            IntMembers = true,
            Shape =
            [
                ("Batch", x[0]), ("InHeight", x[1]), ("InWidth", x[2]), ("InChannels", x[3]), ("OutHeight", y[1]), ("OutWidth", y[2]), ("OutChannels", y[3]),
                .. window.Members(dilation: true), ("Groups", groups),
            ],
            Epilogue = epilogue,
            MultiplyAdds = y.Elements * perGroup * (window.KernelHeight * window.KernelWidth),
        };
    }
}
