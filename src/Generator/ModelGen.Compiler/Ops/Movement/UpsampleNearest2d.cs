namespace ModelGen.Compiler.Ops;

/// <summary>Each pixel becomes a square of equal pixels: a broadcast over two new axes, and a reshape.</summary>
internal static class UpsampleNearest2d
{
    public static readonly TensorMethod Method = new()
    {
        Name = "UpsampleNearest2d",
        Summary = "Each pixel becomes a square of equal pixels: [N, C, H, W] → [N, C, H·factor, W·factor].",
        Parameters = [SurfaceParameter.Tensor("x", "images, [N, C, H, W]"), SurfaceParameter.Int("factor", "how much height and width grow")],
        Build = call =>
        {
            var x = call.Tensor("x");
            int r = PixelShuffle.Factor(call);
            Dim n = x.Shape[0], channels = x.Shape[1], height = x.Shape[2], width = x.Shape[3];
            var apart = Reshape.Of(x, new Shape(n, channels, height, Dim.One, width, Dim.One));
            return Reshape.Of(BroadcastTo.Of(apart, new Shape(n, channels, height, r, width, r)), new Shape(n, channels, height * r, width * r));
        },
        Samples = [new Sample([2, 3, 2, 4]).With("factor", 2), new Sample([1, 2, 3, 2]).With("factor", 3)],
        PyTorch = "torch.nn.functional.interpolate(mode='nearest')",
    };
}
