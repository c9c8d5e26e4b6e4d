namespace ModelGen.Compiler.Ops;

/// <summary>What the two poolings share: their arguments, their shape rule and their kernels' shape struct.</summary>
internal static class Pooling
{
    public static IReadOnlyList<SurfaceParameter> Parameters { get; } =
    [
        SurfaceParameter.Tensor("x", "images, [N, C, H, W]"), SurfaceParameter.Int("kernelSize", "height and width of the window"),
        SurfaceParameter.OptionalInt("stride", "the distance of two windows; kernelSize when not given"),
        SurfaceParameter.Int("padding", "rows and columns added on every side, at most half of the window", 0),
    ];

    public static IReadOnlyList<Sample> Samples { get; } =
    [
        new Sample([2, 3, 4, 4]).With("kernelSize", 2), new Sample([1, 2, 5, 7]).With("kernelSize", 2), new Sample([2, 1, 6, 5]).With("kernelSize", 3).With("stride", 2).With("padding", 1),
        new Sample([1, 2, 5, 5]).With("kernelSize", 3).With("stride", 1), new Sample([1, 1, 3, 3]).With("kernelSize", 3), new Sample([1, 17, 4, 4]).With("kernelSize", 2).With("stride", 1),
    ];

    /// <summary>The op on NHWC between the two permutations that the user's NCHW needs.</summary>
    public static Node Build(Call call, Func<Window2d, Op> op)
    {
        var x = call.Tensor("x");
        if (x.Shape.Rank != 4) throw new ModelException(Rules.Rank, $"'{call.Method}' takes images [N, C, H, W], but was given {x.Shape}.");
        var (kernel, stride, padding) = Window(call);
        var window = Window2d.Square(kernel, stride, padding);
        // Checked here, so that a message shows the shape as the user wrote it.
        window.Output($"'{call.Method}'", x.Shape[2], x.Shape[3], x.Shape);
        return Permute.Of(call.Graph.Add(op(window), Permute.Of(x, 0, 2, 3, 1)), 0, 3, 1, 2);
    }

    /// <summary>The parameters of poolings over sequences.</summary>
    public static IReadOnlyList<SurfaceParameter> Parameters1d { get; } =
    [
        SurfaceParameter.Tensor("x", "sequences, [N, C, L]"), SurfaceParameter.Int("kernelSize", "elements of the window"),
        SurfaceParameter.OptionalInt("stride", "the distance of two windows; kernelSize when not given"),
        SurfaceParameter.Int("padding", "elements added at both ends, at most half of the window", 0),
    ];

    public static IReadOnlyList<Sample> Samples1d { get; } = [new Sample([2, 3, 8]).With("kernelSize", 2), new Sample([1, 2, 7]).With("kernelSize", 3).With("stride", 2).With("padding", 1)];

    /// <summary>The op on sequences: images of height 1.</summary>
    public static Node Build1d(Call call, Func<Window2d, Op> op)
    {
        var x = call.Tensor("x");
        if (x.Shape.Rank != 3) throw new ModelException(Rules.Rank, $"'{call.Method}' takes sequences [N, C, L], but was given {x.Shape}.");
        var (kernel, stride, padding) = Window(call);
        var window = new Window2d(1, kernel, 1, stride, 0, padding, 1, 1);
        window.Output($"'{call.Method}'", Dim.One, x.Shape[2], x.Shape);
        var y = call.Graph.Add(op(window), Unsqueeze.Of(Permute.Of(x, 0, 2, 1), 1));
        return Permute.Of(Reshape.Of(y, new Shape(y.Shape[0], y.Shape[2], y.Shape[3])), 0, 2, 1);
    }

    /// <summary>The arguments of all poolings, checked.</summary>
    internal static (int Kernel, int Stride, int Padding) Window(Call call)
    {
        int kernel = call.AtLeast("kernelSize", 1), stride = call.Has("stride") ? call.AtLeast("stride", 1) : kernel, padding = call.Int("padding");
        if (padding < 0 || padding > kernel / 2) throw new ModelException(Rules.Window,
            $"'{call.Method}' needs a padding between 0 and half of its window of {kernel}, which is {kernel / 2}, but it is {padding}.") { Argument = "padding", Repair = Repair.Set("padding", padding < 0 ? 0 : kernel / 2) };
        return (kernel, stride, padding);
    }

    /// <summary>[N, H, W, C] → [N, H', W', C].</summary>
    public static TensorType Infer(string name, Window2d window, TensorType x)
    {
        if (x.Shape.Rank != 4) throw new ModelException(Rules.Rank, $"'{name}' takes [N, H, W, C], but was given {x.Shape}.");
        var (height, width) = window.Output($"'{name}'", x.Shape[1], x.Shape[2], x.Shape);
        return new TensorType(x.DType, new Shape(x.Shape[0], height, width, x.Shape[3]));
    }

    /// <summary>The positions of one window that lie inside the image, in row-major order.</summary>
    public static IEnumerable<(int Row, int Column)> Positions(Window2d window, int[] x, int row, int column)
    {
        for (int r = 0; r < window.KernelHeight; r++)
            for (int s = 0; s < window.KernelWidth; s++)
            {
                int i = window.Row(row, r), j = window.Column(column, s);
                if (i >= 0 && i < x[1] && j >= 0 && j < x[2]) yield return (i, j);
            }
    }

    /// <param name="method">The runtime's kernel.</param>
    /// <param name="name">For the label.</param>
    /// <param name="x">The images.</param>
    /// <param name="y">The pooled images.</param>
    /// <param name="window">The window.</param>
    /// <param name="epilogue">Rows and columns of the result, if the kernel takes an epilogue.</param>
    /// <param name="options">Literal arguments.</param>
    public static KernelCall Call(string method, string name, Shape x, Shape y, Window2d window, (Dim Batch, Dim Rows, Dim Columns)? epilogue = null, params string[] options) => new()
    {
        Method = method,
        Epilogue = epilogue,
        Label = $"{name} {window.KernelHeight}x{window.KernelWidth}",
        ShapeType = "Pool2dShape",
        IntMembers = true,
        Options = options,
        Shape =
        [
            ("Batch", x[0]), ("InHeight", x[1]), ("InWidth", x[2]), ("Channels", x[3]), ("OutHeight", y[1]), ("OutWidth", y[2]),
            .. window.Members(dilation: true),
        ],
    };
}
