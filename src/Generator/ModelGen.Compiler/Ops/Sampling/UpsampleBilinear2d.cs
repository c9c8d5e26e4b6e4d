namespace ModelGen.Compiler.Ops;

/// <summary>Images whose sides grow by a factor, with straight lines between their pixels.</summary>
internal static class UpsampleBilinear2d
{
    public static readonly TensorMethod Method = new()
    {
        Name = "UpsampleBilinear2d",
        Summary = "Images that grow by a factor, with straight lines between their pixels: [N, C, H, W] → [N, C, H·factor, W·factor].",
        Parameters = [SurfaceParameter.Tensor("x", "images, [N, C, H, W]"), SurfaceParameter.Int("factor", "how much height and width grow"), ResizeBilinear2d.AlignCorners],
        Build = call =>
        {
            int factor = PixelShuffle.Factor(call);
            var x = call.Tensor("x").Shape;
            return Resample.Images(call, x[2] * factor, x[3] * factor, Resample.Lines(call));
        },
        Samples = [new Sample([2, 3, 2, 4]).With("factor", 2), new Sample([1, 2, 3, 2]).With("factor", 3).With("alignCorners", true)],
        PyTorch = "torch.nn.functional.interpolate(mode='bilinear')",
    };
}
