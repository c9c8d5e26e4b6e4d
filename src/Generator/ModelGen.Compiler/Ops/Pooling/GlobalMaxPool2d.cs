namespace ModelGen.Compiler.Ops;

/// <summary>y[n, c] = max of x[n, c, :, :]: a maximum over height and width.</summary>
internal static class GlobalMaxPool2d
{
    public static readonly TensorMethod Method = new()
    {
        Name = "GlobalMaxPool2d",
        Summary = "The largest element over height and width: [N, C, H, W] → [N, C].",
        Parameters = [SurfaceParameter.Tensor("x", "images, [N, C, H, W]")],
        Build = call =>
        {
            var x = call.Tensor("x");
            if (x.Shape.Rank != 4) throw new ModelException(Rules.Rank, $"'{call.Method}' takes images [N, C, H, W], but was given {x.Shape}.");
            return Max.Of(x, [2, 3], keepDims: false);
        },
        Samples = [new([2, 3, 4, 5])],
    };
}
