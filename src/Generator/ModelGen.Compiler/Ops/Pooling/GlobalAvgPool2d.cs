namespace ModelGen.Compiler.Ops;

/// <summary>y[n, c] = mean of x[n, c, :, :]: a mean over height and width.</summary>
internal static class GlobalAvgPool2d
{
    public static readonly TensorMethod Method = new()
    {
        Name = "GlobalAvgPool2d",
        Summary = "The mean over height and width: [N, C, H, W] → [N, C].",
        Parameters = [SurfaceParameter.Tensor("x", "images, [N, C, H, W]")],
        Build = call =>
        {
            var x = call.Tensor("x");
            if (x.Shape.Rank != 4) throw new ModelException(Rules.Rank, $"'{call.Method}' takes images [N, C, H, W], but was given {x.Shape}.");
            return Mean.Of(x, [2, 3], keepDims: false);
        },
        Samples = [new([2, 3, 4, 5]), new([1, 1, 1, 1])],
    };
}
