namespace ModelGen.Runtime.Tests.Surface;

/// <summary>Random methods: their distributions, and what decides their numbers.</summary>
public sealed class RandomMethodTests
{
    const int Count = 20_000;

    static readonly Tensor Zeros = new(new float[Count], Count);

    static (double Mean, double Deviation, double Skewness, double Kurtosis) Moments(Tensor x)
    {
        double[] values = x.ToDoubleArray();
        double mean = values.Average(), variance = values.Average(v => Math.Pow(v - mean, 2)), deviation = Math.Sqrt(variance);
        return (mean, deviation, values.Average(v => Math.Pow((v - mean) / deviation, 3)), values.Average(v => Math.Pow((v - mean) / deviation, 4)));
    }

    [Fact]
    public void Normal_numbers_have_their_moments()
    {
        using var scope = EagerMode.Inference(seed: 5);
        var x = Moments(Zeros.RandomNormalLike(mean: 2, standardDeviation: 3));
        // Four standard errors of each estimate.
        Assert.Equal(2, x.Mean, 4 * 3 / Math.Sqrt(Count));
        Assert.Equal(3, x.Deviation, 4 * 3 / Math.Sqrt(2.0 * Count));
        Assert.Equal(0, x.Skewness, 4 * Math.Sqrt(6.0 / Count));
        Assert.Equal(3, x.Kurtosis, 4 * Math.Sqrt(24.0 / Count));
    }

    [Fact]
    public void Uniform_numbers_fill_their_range()
    {
        using var scope = EagerMode.Inference(seed: 6);
        var y = Zeros.RandomUniformLike(low: -1, high: 3);
        Assert.All(y.ToArray(), v => Assert.InRange(v, -1, 3));
        var x = Moments(y);
        Assert.Equal(1, x.Mean, 4 * 4 / Math.Sqrt(12.0 * Count));
        Assert.Equal(4 / Math.Sqrt(12), x.Deviation, 0.02);
        Assert.Equal(1.8, x.Kurtosis, 0.05);
    }

    [Fact]
    public void Draws_follow_their_probabilities()
    {
        using var scope = EagerMode.Inference(seed: 7);
        foreach (float p in new[] { 0f, 0.1f, 0.75f, 1f })
        {
            double[] drawn = (Zeros + p).Bernoulli().ToDoubleArray();
            Assert.All(drawn, v => Assert.True(v is 0 or 1));
            Assert.Equal(p, drawn.Average(), 4 * Math.Sqrt(p * (1 - p) / Count) + 1e-9);
        }
    }

    [Fact]
    public void Seed_step_and_call_decide_the_numbers()
    {
        var x = new Tensor(new float[5], 5);
        float[] first, second;
        using (EagerMode.Training(seed: 1, step: 2)) (first, second) = (x.RandomNormalLike().ToArray(), x.RandomNormalLike().ToArray());
        Assert.NotEqual(first, second);
        using (EagerMode.Inference(seed: 1, step: 2))
        {
            Assert.Equal(first, x.RandomNormalLike().ToArray());
            Assert.False(EagerMode.IsTraining);
            using (EagerMode.Training(seed: 1, step: 3)) Assert.NotEqual(first, x.RandomNormalLike().ToArray());
            Assert.Equal(second, x.RandomNormalLike().ToArray());
        }
        using (EagerMode.Inference(seed: 2, step: 2)) Assert.NotEqual(first, x.RandomNormalLike().ToArray());
        Assert.NotEqual(x.RandomNormalLike().ToArray(), x.RandomNormalLike().ToArray());
    }

    [Fact]
    public void Settings_are_checked()
    {
        Assert.Contains("'low' below 'high'", Assert.Throws<ModelShapeException>(() => Zeros.RandomUniformLike(2, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("at least 0, but it is -1", Assert.Throws<ModelShapeException>(() => Zeros.RandomNormalLike(0, -1)).Message, StringComparison.Ordinal);
    }
}
