namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>
/// A generative adversarial pair with a gradient penalty (WGAN-GP, I. Gulrajani et al. 2017): between real and generated points the gradient of the critic is to have the
/// length 1. The penalty is differentiated once more for the critic's weights.
/// </summary>
[Model]
internal partial class WassersteinNet
{
    readonly Linear generator1 = new(8), generator2 = new(4);
    readonly Linear critic1 = new(8), critic2 = new(1);

    public Tensor Forward([Shape("N", 3)] Tensor noise) => noise.Apply(generator1).Relu().Apply(generator2);

    [Objective(Parameters = [nameof(critic1), nameof(critic2)])]
    public Tensor Critic([Shape("N", 3)] Tensor noise, [Shape("N", 4)] Tensor real)
    {
        var made = Forward(noise);
        var share = real.Slice(1, 0, 1).RandomUniformLike();
        var between = (real * share) + (made * (1f - share));
        var slope = Tensor.Gradient(Judge(between), between).Norm(2, 1);
        return Judge(made).Mean() - Judge(real).Mean() + (10f * (slope - 1f).Square().Mean());
    }

    [Objective(Parameters = [nameof(generator1), nameof(generator2)])]
    public Tensor Generator([Shape("N", 3)] Tensor noise) => -Judge(Forward(noise)).Mean();

    Tensor Judge(Tensor x) => x.Apply(critic1).Silu().Apply(critic2);
}
