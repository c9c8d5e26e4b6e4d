namespace ModelGen.Compiler.Layers;

/// <summary>What the instance normalisations share: y = (x - mean) / √(variance + ε) over the positions of each channel of each example   (D. Ulyanov et al. 2016).</summary>
internal static class InstanceNorm
{
    public static readonly IReadOnlyList<SurfaceParameter> Properties =
    [
        SurfaceParameter.Float("Epsilon", "added to the variance, for channels that hardly vary", 1e-5),
        SurfaceParameter.Bool("Affine", "whether there are a weight and a bias for each channel", false),
        SurfaceParameter.OptionalInt("Features", "channels of the input, to be checked; inferred when not given"),
    ];

    /// <param name="layer">The application, to [N, C, ...].</param>
    /// <param name="example">What has channels, for messages: an image.</param>
    public static Node Of(LayerCall layer, string example)
    {
        var x = layer.X;
        int channels = layer.Features(x.Shape[1], "Features", "channels");
        if (x.Shape.Product(2, x.Shape.Rank).IsOne) throw new ModelException(Rules.Argument,
            $"{layer.Display} cannot normalise {x.Shape}: each channel of {example} has one value only, whose variance is zero.");
        var y = GroupNorm.Normalized(x, channels, LayerNorm.Epsilon(layer));
        return layer.Arguments.Bool("Affine") ? GroupNorm.Scaled(layer, y, channels) : y;
    }
}
