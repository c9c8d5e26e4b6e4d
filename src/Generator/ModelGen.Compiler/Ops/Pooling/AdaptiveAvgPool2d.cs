namespace ModelGen.Compiler.Ops;

/// <summary>
/// The mean of windows that share an image out evenly: window i of n along an axis of size s is [⌊i s / n⌋, ⌈(i + 1) s / n⌉). Where n divides s that is
/// <see cref="AvgPool2d"/>; elsewhere the windows differ, and each is a slice of its own.
/// </summary>
internal static class AdaptiveAvgPool2d
{
    public static readonly TensorMethod Method = new()
    {
        Name = "AdaptiveAvgPool2d",
        Summary = "The mean of windows that share an image out evenly: [N, C, H, W] → [N, C, height, width], for constant H and W.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "images, [N, C, H, W]"), SurfaceParameter.Int("height", "rows of the result"), SurfaceParameter.Int("width", "columns of the result"),
        ],
        Build = call =>
        {
            var x = call.Tensor("x");
            if (x.Shape.Rank != 4) throw new ModelException(Rules.Rank, $"'{call.Method}' takes images [N, C, H, W], but was given {x.Shape}.");
            int rows = Size(call, "height", x.Shape[2]), columns = Size(call, "width", x.Shape[3]);
            int height = (int)x.Shape[2].Value, width = (int)x.Shape[3].Value;
            if (height % rows != 0 || width % columns != 0) return Along(Along(x, 2, rows), 3, columns);
            var window = new Window2d(height / rows, width / columns, height / rows, width / columns, 0, 0, 1, 1);
            return Permute.Of(call.Graph.Add(new AvgPool2d(window), Permute.Of(x, 0, 2, 3, 1)), 0, 3, 1, 2);
        },
        Samples = [new Sample([2, 3, 4, 6]).With("height", 2).With("width", 3), new Sample([1, 2, 5, 3]).With("height", 3).With("width", 2)],
        PyTorch = "torch.nn.functional.adaptive_avg_pool2d",
    };

    static int Size(Call call, string name, Dim size)
    {
        int wanted = call.Int(name);
        if (wanted < 1) throw new ModelException(Rules.Argument, $"'{call.Method}' needs '{name}' to be at least 1, but it is {wanted}.") { Argument = name, Repair = Repair.Set(name, 1) };
        if (!size.IsConstant || size.Value < 1) throw new ModelException(Rules.Window,
            $"'{call.Method}' needs a constant {name} of its input {call.Tensor("x").Shape}, but it is {size}; GlobalAvgPool2d takes any.");
        return wanted;
    }

    static Node Along(Node x, int axis, int windows)
    {
        long size = x.Shape[axis].Value;
        if (windows == size) return x;
        return Concat.Of(axis, Enumerable.Range(0, windows).Select(i =>
        {
            long start = i * size / windows, end = (((i + 1) * size) + windows - 1) / windows;
            return Mean.Of(Slice.Of(x, axis, Dim.Of(start), Dim.Of(end - start)), [axis], keepDims: true);
        }).ToArray());
    }
}
