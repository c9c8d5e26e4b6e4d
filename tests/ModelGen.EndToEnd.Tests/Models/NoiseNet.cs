namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>A variational autoencoder: numbers are drawn inside the loss, twice of one kind and once of each other.</summary>
[Model]
internal partial class NoiseNet
{
    readonly Linear mean = new(6), deviation = new(6), output = new(5);

    public Tensor Forward([Shape("N", 5)] Tensor x) => x.Apply(mean).Apply(output);

    public Tensor Loss([Shape("N", 5)] Tensor x, [Shape("N", 5)] Tensor target)
    {
        Tensor m = x.Apply(mean), s = x.Apply(deviation).Softplus();
        var code = m + (s * m.RandomNormalLike()) + (0.1f * m.RandomNormalLike(mean: 0.5f, standardDeviation: 2));
        var kept = code * (0.5f * (m.Sigmoid() + 1f)).Bernoulli() * code.RandomUniformLike(low: -1, high: 2);
        return kept.Apply(output).MeanSquaredError(target);
    }
}
