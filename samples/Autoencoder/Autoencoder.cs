namespace Autoencoding;

/// <summary>From a code to the logits of 64 pixels.</summary>
[Layer]
public partial class Decoder : ILayer
{
    readonly Linear hidden = new(256), output = new(64);

    public Tensor Forward(Tensor code) => code.Apply(hidden).Relu().Apply(output);
}

/// <summary>
/// A variational autoencoder (D. P. Kingma and M. Welling 2014). The encoder gives a normal distribution of codes; a code is drawn as mean + deviation · noise,
/// so that gradients flow through the draw to mean and deviation. The noise is new in every step, and depends on the seed and the step only.
/// </summary>
[Model]
public partial class Autoencoder
{
    public const int Pixels = 64, Code = 8;

    readonly Linear hidden = new(256), mean = new(Code), logVariance = new(Code);
    readonly Decoder decoder = new();

    /// <summary>The picture of the mean of an image's codes, and that mean.</summary>
    public (Tensor Picture, Tensor Code) Forward([Shape("N", Pixels)] Tensor image)
    {
        var code = image.Apply(hidden).Relu().Apply(mean);
        return (code.Apply(decoder).Sigmoid(), code);
    }

    /// <summary>The negative evidence lower bound in nats an image: what the picture of a drawn code gets wrong, and how far the codes are from the prior.</summary>
    public Tensor Loss([Shape("N", Pixels)] Tensor image)
    {
        var features = image.Apply(hidden).Relu();
        Tensor m = features.Apply(mean), v = features.Apply(logVariance);
        var code = m + ((0.5f * v).Exp() * m.RandomNormalLike());
        var wrong = code.Apply(decoder).BinaryCrossEntropyWithLogits(image, Reduction.None).Sum(1);
        var divergence = 0.5f * (m.Square() + v.Exp() - v - 1f).Sum(1);
        return (wrong + divergence).Mean();
    }
}

/// <summary>The decoder by itself: pictures from codes of the prior.</summary>
[Model]
public partial class Painter
{
    readonly Decoder decoder = new();

    public Tensor Forward([Shape("N", Autoencoder.Code)] Tensor code) => code.Apply(decoder).Sigmoid();
}
