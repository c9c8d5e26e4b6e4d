namespace ModelGen.Compiler.Ops;

/// <summary>Pixels become channels: the inverse of <see cref="PixelShuffle"/>.</summary>
internal static class PixelUnshuffle
{
    public static readonly TensorMethod Method = new()
    {
        Name = "PixelUnshuffle",
        Summary = "Pixels become channels: [N, C, H·r, W·r] → [N, C·r², H, W] for a factor r.",
        Parameters = [SurfaceParameter.Tensor("x", "images, [N, C, H·r, W·r]"), SurfaceParameter.Int("factor", "r, how much height and width shrink")],
        Build = call =>
        {
            var x = call.Tensor("x");
            int r = PixelShuffle.Factor(call);
            if (x.Shape[2].DivideExactly(r) is not { } height || x.Shape[3].DivideExactly(r) is not { } width) throw new ModelException(Rules.FeatureCount,
                $"'PixelUnshuffle' by {r} needs a height and a width that divide by {r}, but was given {x.Shape}.") { Argument = "factor" };
            var apart = Reshape.Of(x, new Shape(x.Shape[0], x.Shape[1], height, r, width, r));
            return Reshape.Of(Permute.Of(apart, 0, 1, 3, 5, 2, 4), new Shape(x.Shape[0], x.Shape[1] * (r * r), height, width));
        },
        Samples = [new Sample([2, 2, 4, 6]).With("factor", 2)],
        PyTorch = "torch.nn.functional.pixel_unshuffle",
    };
}
