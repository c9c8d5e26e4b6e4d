namespace ModelGen.Compiler.Ops;

/// <summary>
/// Images read at given positions (M. Jaderberg et al. 2015, spatial transformer networks): the positions become pixels by ordinary ops, and <see cref="GridRead"/> reads them.
/// Positions beyond the border are moved onto it, or read zeros.
/// </summary>
internal static class GridSample
{
    public static readonly TensorMethod Method = new()
    {
        Name = "GridSample",
        Summary = "Images read between their pixels, with straight lines, at positions (x, y) from -1, left and top, to 1, right and bottom: x [N, C, H, W] and a grid [N, H', W', 2] → [N, C, H', W']. Outside of the image are zeros, or what its border has.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "images, [N, C, H, W]"), SurfaceParameter.Tensor("grid", "where each pixel of the result is in x, [N, H', W', 2]"),
            SurfaceParameter.Bool("border", "whether positions outside read the border; else zeros", false),
            SurfaceParameter.Bool("alignCorners", "whether -1 and 1 are the centres of the corner pixels; else they are the borders of the image", false),
        ],
        Build = call =>
        {
            Node x = Resample.Image(call), grid = call.Tensor("grid");
            if (grid.Shape.Rank != 4 || grid.Shape[0] != x.Shape[0] || !grid.Shape[3].Is(2)) throw new ModelException(Rules.SameShape,
                $"'{call.Method}' of {x.Shape} needs a grid [{x.Shape[0]}, H', W', 2] of positions, but was given {grid.Shape}.") { Argument = "grid" };
            Node column = Pixels(call, Select.Of(grid, 3, Dim.Zero), x.Shape[3]), row = Pixels(call, Select.Of(grid, 3, Dim.One), x.Shape[2]);
            return Permute.Of(GridRead.Of(Permute.Of(x, 0, 2, 3, 1), column, row, slopeX: false, slopeY: false), 0, 3, 1, 2);
        },
        Samples =
        [
            new Sample([2, 3, 4, 5], [2, 3, 2, 2]) { Low = -1.2, High = 1.2 }, new Sample([1, 2, 3, 4], [1, 4, 3, 2]) { Low = -1.5, High = 1.5 }.With("border", true),
            new Sample([2, 1, 3, 3], [2, 2, 2, 2]) { Low = -1.2, High = 1.2 }.With("alignCorners", true), new Sample([1, 17, 2, 3], [1, 3, 5, 2]).With("border", true).With("alignCorners", true),
        ],
        PyTorch = "torch.nn.functional.grid_sample",
    };

    // From [-1, 1] to the centres of size pixels, which are 0, 1, ..., size - 1.
    static Node Pixels(Call call, Node position, Dim size)
    {
        Node pixels = call.Graph.Size(size, position.DType), last = call.Graph.Size(size - 1, position.DType);
        var p = call.Bool("alignCorners") ? (position + 1) * (last * 0.5) : (((position + 1) * pixels) - 1) * 0.5;
        if (!call.Bool("border")) return p;
        // On the border nothing flows to the position, as in PyTorch.
        var zero = call.Graph.Constant(0, p.DType);
        var moved = call.Graph.Add(StopGradient.Instance, Minimum.Of(Maximum.Of(p, zero), last));
        return Where.Of(Greater.Of(p, zero) * Less.Of(p, last), p, moved);
    }
}
