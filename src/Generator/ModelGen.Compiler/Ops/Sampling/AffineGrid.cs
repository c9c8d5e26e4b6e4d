namespace ModelGen.Compiler.Ops;

/// <summary>The positions that an affine map θ [2, 3] gives the pixels of an image: (x, y) = θ (x', y', 1), for positions of the result from -1 to 1.</summary>
internal static class AffineGrid
{
    public static readonly TensorMethod Method = new()
    {
        Name = "AffineGrid",
        Summary = "The grid of an affine map, for GridSample: maps [N, 2, 3] → [N, height, width, 2], where the pixel at (x', y') of the result, from -1 to 1, reads at (x, y) = θ·(x', y', 1).",
        Parameters =
        [
            SurfaceParameter.Tensor("theta", "one map for each image, [N, 2, 3]"), SurfaceParameter.Int("height", "rows of the grid"), SurfaceParameter.Int("width", "columns of the grid"),
            SurfaceParameter.Bool("alignCorners", "whether -1 and 1 are the centres of the corner pixels; else they are the borders of the image", false),
        ],
        Build = call =>
        {
            var theta = call.Tensor("theta");
            if (theta.Shape.Rank != 3 || !theta.Shape[1].Is(2) || !theta.Shape[2].Is(3)) throw new ModelException(Rules.Rank, $"'AffineGrid' takes maps [N, 2, 3], but was given {theta.Shape}.");
            Dim height = Resample.Wanted(call, "height"), width = Resample.Wanted(call, "width");
            Node x = Reshape.Of(Positions(call, width, theta.DType), new Shape(width, Dim.One)), y = Reshape.Of(Positions(call, height, theta.DType), new Shape(height, Dim.One, Dim.One));
            return (x * Column(theta, 0)) + (y * Column(theta, 1)) + Column(theta, 2);
        },
        Samples = [new Sample([2, 2, 3]).With("height", 3).With("width", 4), new Sample([1, 2, 3]).With("height", 1).With("width", 5).With("alignCorners", true)],
        PyTorch = "torch.nn.functional.affine_grid",
    };

    // The centres of some pixels in [-1, 1]; one pixel is in the middle.
    static Node Positions(Call call, Dim count, DType type)
    {
        var twice = (Arange.Of(call.Graph, count, type) * 2) - call.Graph.Size(count - 1, type);
        var steps = call.Bool("alignCorners") ? Maximum.Of(call.Graph.Size(count - 1, type), call.Graph.Constant(1, type)) : call.Graph.Size(count, type);
        return twice / steps;
    }

    // θ's numbers for x', for y' or for 1, as [N, 1, 1, 2].
    static Node Column(Node theta, int column) => Reshape.Of(Select.Of(theta, 2, Dim.Of(column)), new Shape(theta.Shape[0], Dim.One, Dim.One, 2));
}
