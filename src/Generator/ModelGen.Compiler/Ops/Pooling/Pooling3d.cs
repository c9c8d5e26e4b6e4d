namespace ModelGen.Compiler.Ops;

/// <summary>
/// What the poolings of volumes share. The largest element or the mean of a box is that of its planes' windows: first over height and width, plane by plane, then over the depth,
/// where a plane is one row of an image. Both are the two-dimensional kernels.
/// </summary>
internal static class Pooling3d
{
    public static IReadOnlyList<SurfaceParameter> Parameters { get; } =
    [
        SurfaceParameter.Tensor("x", "volumes, [N, C, D, H, W]"), SurfaceParameter.Int("kernelSize", "depth, height and width of the window"),
        SurfaceParameter.OptionalInt("stride", "the distance of two windows; kernelSize when not given"),
        SurfaceParameter.Int("padding", "planes, rows and columns added on every side, at most half of the window", 0),
    ];

    public static IReadOnlyList<Sample> Samples { get; } =
    [
        new Sample([2, 3, 4, 4, 2]).With("kernelSize", 2), new Sample([1, 2, 5, 3, 4]).With("kernelSize", 3).With("stride", 2).With("padding", 1), new Sample([1, 1, 3, 4, 3]).With("kernelSize", 2).With("stride", 1),
    ];

    public static Node Build(Call call, Func<Window2d, Op> op)
    {
        var x = call.Tensor("x");
        if (x.Shape.Rank != 5) throw new ModelException(Rules.Rank, $"'{call.Method}' takes volumes [N, C, D, H, W], but was given {x.Shape}.");
        var (kernel, stride, padding) = Pooling.Window(call);
        Window2d plane = Window2d.Square(kernel, stride, padding), depth = new(kernel, 1, stride, 1, padding, 0, 1, 1);
        string what = $"'{call.Method}'";
        var planes = Window2d.Output(what, "depth", x.Shape[2], kernel, stride, padding, 1, x.Shape);
        var (height, width) = plane.Output(what, x.Shape[3], x.Shape[4], x.Shape);
        Dim batch = x.Shape[0], channels = x.Shape[1];
        var flat = Reshape.Of(Permute.Of(x, 0, 2, 3, 4, 1), new Shape(batch * x.Shape[2], x.Shape[3], x.Shape[4], channels));
        var pooled = call.Graph.Add(op(plane), flat);
        var y = call.Graph.Add(op(depth), Reshape.Of(pooled, new Shape(batch, x.Shape[2], height * width, channels)));
        return Permute.Of(Reshape.Of(y, new Shape(batch, planes, height, width, channels)), 0, 4, 1, 2, 3);
    }
}
