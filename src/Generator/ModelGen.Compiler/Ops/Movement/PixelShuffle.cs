namespace ModelGen.Compiler.Ops;

/// <summary>Channels become pixels: y[n, c, h r + i, w r + j] = x[n, (c r + i) r + j, h, w]   (W. Shi et al. 2016). A permutation between reshapes.</summary>
internal static class PixelShuffle
{
    public static readonly TensorMethod Method = new()
    {
        Name = "PixelShuffle",
        Summary = "Channels become pixels: [N, C·r², H, W] → [N, C, H·r, W·r] for a factor r.",
        Parameters = [SurfaceParameter.Tensor("x", "images, [N, C·r², H, W]"), SurfaceParameter.Int("factor", "r, how much height and width grow")],
        Build = call =>
        {
            var x = call.Tensor("x");
            int r = Factor(call);
            var channels = x.Shape[1].DivideExactly(r * r) ?? throw new ModelException(Rules.FeatureCount,
                $"'PixelShuffle' by {r} makes pixels of {r * r} channels each, but the {x.Shape[1]} channels of {x.Shape} do not divide by {r * r}.") { Argument = "factor" };
            Dim height = x.Shape[2], width = x.Shape[3];
            var apart = Reshape.Of(x, new Shape(x.Shape[0], channels, r, r, height, width));
            return Reshape.Of(Permute.Of(apart, 0, 1, 4, 2, 5, 3), new Shape(x.Shape[0], channels, height * r, width * r));
        },
        Samples = [new Sample([2, 8, 3, 2]).With("factor", 2)],
        PyTorch = "torch.nn.functional.pixel_shuffle",
    };

    internal static int Factor(Call call)
    {
        var x = call.Tensor("x");
        if (x.Shape.Rank != 4) throw new ModelException(Rules.Rank, $"'{call.Method}' takes images [N, C, H, W], but was given {x.Shape}.");
        int factor = call.Int("factor");
        return factor > 0 ? factor : throw new ModelException(Rules.Argument, $"'{call.Method}' needs 'factor' to be at least 1, but it is {factor}.") { Argument = "factor", Repair = Repair.Set("factor", 1) };
    }
}
