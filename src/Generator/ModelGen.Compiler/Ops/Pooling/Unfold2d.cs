namespace ModelGen.Compiler.Ops;

/// <summary>
/// y[n, (c, ky, kx), (oy, ox)] = x[n, c, oy · stride - padding + ky · dilation, ox · stride - padding + kx · dilation], 0 outside of the image: the windows of an image as
/// columns (im2col). Its gradient is <see cref="Fold2d"/>.
/// </summary>
internal sealed class Unfold2d(Window2d window) : KernelOp
{
    /// <summary>The window's parameters, for both directions. Before the method, which takes them.</summary>
    public static IReadOnlyList<SurfaceParameter> WindowParameters { get; } =
    [
        SurfaceParameter.Int("kernelSize", "height and width of the window"), SurfaceParameter.Int("stride", "the distance of two windows", 1),
        SurfaceParameter.Int("padding", "rows and columns of zeros on every side", 0), SurfaceParameter.Int("dilation", "the distance of two elements of a window", 1),
    ];

    public static readonly TensorMethod Method = new()
    {
        Name = "Unfold2d",
        Summary = "The windows of images as columns (im2col): [N, C, H, W] → [N, C·kernelSize², L], with one column for each of the L windows, row by row; 0 in the padding.",
        Parameters = [SurfaceParameter.Tensor("x", "images, [N, C, H, W]"), .. WindowParameters],
        Build = call =>
        {
            var x = call.Tensor("x");
            if (x.Shape.Rank != 4) throw new ModelException(Rules.Rank, $"'Unfold2d' takes images [N, C, H, W], but was given {x.Shape}.");
            return Of(x, WindowOf(call));
        },
        Samples =
        [
            new Sample([2, 3, 4, 5]).With("kernelSize", 2), new Sample([1, 2, 5, 6]).With("kernelSize", 3).With("stride", 2).With("padding", 1),
            new Sample([2, 1, 7, 6]).With("kernelSize", 2).With("dilation", 3).With("padding", 2),
        ],
        PyTorch = "torch.nn.functional.unfold",
    };

    public Window2d Window { get; } = window;
    public override string Name => "unfold2d";
    public override string Attributes => Window.ToString();

    public static Node Of(Node x, Window2d window) => x.Graph.Add(new Unfold2d(window), x);

    /// <summary>The window that a call describes.</summary>
    public static Window2d WindowOf(Call call) =>
        Window2d.Square(call.AtLeast("kernelSize", 1), call.AtLeast("stride", 1), call.AtLeast("padding", 0), call.AtLeast("dilation", 1));

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var x = inputs[0].Shape;
        var (height, width) = Window.Output("'Unfold2d'", x[2], x[3], x);
        return new TensorType(inputs[0].DType, new Shape(x[0], x[1] * (Window.KernelHeight * Window.KernelWidth), height * width));
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.Leading();

    public override void Backward(Vjp vjp) => vjp.Add(0, Fold2d.Of(vjp.Dy, Window, vjp.X.Shape[2], vjp.X.Shape[3]));

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        Visit(Window, call[0].Shape, (image, column) => y.Data[column] = call[0].Data[image]);
        return y;
    }

    /// <summary>Each element of the columns that lies in the image, by its places in the image and in the columns.</summary>
    internal static void Visit(Window2d window, int[] image, Action<int, int> pair)
    {
        var (height, width) = window.Output("", image[2], image[3], Shape.Of(image));
        int n = 0;
        foreach (var o in NdArray.Indices([image[0] * image[1], window.KernelHeight, window.KernelWidth, (int)height.Value, (int)width.Value]))
        {
            int row = window.Row(o[3], o[1]), column = window.Column(o[4], o[2]);
            if (row >= 0 && row < image[2] && column >= 0 && column < image[3]) pair((((o[0] * image[2]) + row) * image[3]) + column, n);
            n++;
        }
    }

    public override KernelCall Kernel(Node y) => Call("Unfold2d.Forward", "Unfold2d", y.Inputs[0].Shape, Window);

    /// <summary>The call of one of the two kernels.</summary>
    internal static KernelCall Call(string method, string name, Shape image, Window2d window)
    {
        var (height, width) = window.Output("", image[2], image[3], image);
        return new KernelCall
        {
            Method = method,
            Label = $"{name} {window.KernelHeight}x{window.KernelWidth}",
            ShapeType = "Pool2dShape",
            IntMembers = true,
            Shape =
            [
                ("Batch", image[0]), ("InHeight", image[2]), ("InWidth", image[3]), ("Channels", image[1]), ("OutHeight", height), ("OutWidth", width), .. window.Members(dilation: true),
            ],
        };
    }
}
