namespace ModelGen.Compiler.Ops;

/// <summary>Images of another size, with straight lines between their pixels: one <see cref="Resample"/> for each axis.</summary>
internal static class ResizeBilinear2d
{
    /// <summary>PyTorch's two ways to lay one grid of pixels over the other.</summary>
    public static SurfaceParameter AlignCorners { get; } = SurfaceParameter.Bool("alignCorners", "whether the centres of the corner pixels stay where they are; else the borders of the image do", false);

    public static readonly TensorMethod Method = new()
    {
        Name = "ResizeBilinear2d",
        Summary = "Images of another size, with straight lines between their pixels: [N, C, H, W] → [N, C, height, width]. A smaller image reads the pixels at its places only, without averaging what lies between.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "images, [N, C, H, W]"), SurfaceParameter.Int("height", "rows of the result"), SurfaceParameter.Int("width", "columns of the result"), AlignCorners,
        ],
        Build = call => Resample.Images(call, Resample.Wanted(call, "height"), Resample.Wanted(call, "width"), Resample.Lines(call)),
        Samples =
        [
            new Sample([2, 3, 4, 5]).With("height", 7).With("width", 3), new Sample([1, 17, 3, 4]).With("height", 5).With("width", 9).With("alignCorners", true),
            new Sample([2, 1, 5, 6]).With("height", 1).With("width", 4).With("alignCorners", true), new Sample([1, 2, 1, 3]).With("height", 4).With("width", 3),
        ],
        PyTorch = "torch.nn.functional.interpolate(mode='bilinear')",
    };
}
