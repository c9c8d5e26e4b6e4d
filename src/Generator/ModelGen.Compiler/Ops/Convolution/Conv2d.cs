namespace ModelGen.Compiler.Ops;

/// <summary>
/// y[n, p, q, o] = Σ x[n, i(p, r), j(q, s), c] w[r, s, c, o] over the kernel (r, s) and the channels c of o's group, channels last:
/// x [N, H, W, C], w [kh, kw, C / groups, O] → y [N, H', W', O]. What lies in the padding is zero.
/// </summary>
internal sealed class Conv2d(Window2d window, int groups) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Conv2d",
        Summary = "The convolution of images with a weight that is computed, by another network or from a formula; the layer of that name has weights of its own.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "images, [N, C, H, W]"), SurfaceParameter.Tensor("weight", "[O, C / groups, kh, kw], the same for all images"),
            SurfaceParameter.Int("stride", "the distance of two windows", 1), SurfaceParameter.Int("padding", "zero rows and columns added on every side", 0),
            SurfaceParameter.Int("dilation", "the distance of two elements of a window", 1), SurfaceParameter.Int("groups", "how many groups the channels are split into; each output sees one", 1),
        ],
        Build = call => OfComputed(call, call.Tensor("x"), call.Tensor("weight")),
        Samples =
        [
            new([2, 3, 5, 6], [4, 3, 3, 2]), new Sample([1, 4, 7, 6], [6, 2, 3, 3]).With("stride", 2).With("padding", 1).With("groups", 2),
            new Sample([2, 1, 8, 5], [2, 1, 2, 1]).With("dilation", 3), new([3, 5, 2, 3], [4, 5, 1, 1]),
        ],
        PyTorch = "torch.nn.functional.conv2d",
    };

    public Window2d Window { get; } = window;
    public int Groups { get; } = groups;
    public override bool IsFactor(int input) => true;
    public override string Name => "conv2d";
    public override string Attributes => $"{Window} groups={Groups}";

    public static Node Of(Node x, Node weight, Window2d window, int groups) => x.Graph.Add(new Conv2d(window, groups), x, weight);

    // Both have PyTorch's order of axes.
    static Node OfComputed(Call call, Node x, Node weight)
    {
        if (x.Shape.Rank != 4 || weight.Shape.Rank != 4 || !weight.Shape[2].IsConstant || !weight.Shape[3].IsConstant) throw new ModelException(Rules.Rank,
            $"'Conv2d' takes images [N, C, H, W] and a weight [O, C / groups, kh, kw] whose kernel has a constant size, but was given {x.Shape} and {weight.Shape}.");
        int groups = call.AtLeast("groups", 1), stride = call.AtLeast("stride", 1), padding = call.AtLeast("padding", 0), dilation = call.AtLeast("dilation", 1);
        if (weight.Shape[1] * groups != x.Shape[1] || weight.Shape[0].DivideExactly(groups) is null) throw new ModelException(Rules.Groups,
            $"'Conv2d' of {x.Shape} in {groups} groups needs a weight [O, {x.Shape[1]} / {groups}, kh, kw] with O a multiple of {groups}, but was given {weight.Shape}.") { Argument = "weight" };
        var window = new Window2d((int)weight.Shape[2].Value, (int)weight.Shape[3].Value, stride, stride, padding, padding, dilation, dilation);
        // Checked here, so that a message shows the shape as the user wrote it.
        window.Output("'Conv2d'", x.Shape[2], x.Shape[3], x.Shape);
        return Permute.Of(Of(Permute.Of(x, 0, 2, 3, 1), Permute.Of(weight, 2, 3, 1, 0), window, groups), 0, 3, 1, 2);
    }

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
