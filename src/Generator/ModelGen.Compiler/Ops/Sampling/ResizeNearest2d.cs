namespace ModelGen.Compiler.Ops;

/// <summary>Images of another size, of equal pixels: y[i, j] = x[⌊i · H / height⌋, ⌊j · W / width⌋], in whole numbers.</summary>
internal static class ResizeNearest2d
{
    public static readonly TensorMethod Method = new()
    {
        Name = "ResizeNearest2d",
        Summary = "Images of another size, each pixel equal to one of the input: [N, C, H, W] → [N, C, height, width] with y[i, j] = x[⌊i·H / height⌋, ⌊j·W / width⌋].",
        Parameters = [SurfaceParameter.Tensor("x", "images, [N, C, H, W]"), SurfaceParameter.Int("height", "rows of the result"), SurfaceParameter.Int("width", "columns of the result")],
        Build = call => Resample.Images(call, Resample.Wanted(call, "height"), Resample.Wanted(call, "width"), Interpolation.Nearest),
        Samples = [new Sample([2, 3, 4, 5]).With("height", 7).With("width", 3), new Sample([1, 17, 3, 2]).With("height", 6).With("width", 5)],
        PyTorch = "torch.nn.functional.interpolate(mode='nearest')",
    };
}
