namespace GanLesson;

/// <summary>Turns noise into points of the plane.</summary>
[Layer]
public partial class Generator : ILayer
{
    readonly Linear hidden1 = new(128), hidden2 = new(128), output = new(2);

    public Tensor Forward(Tensor noise) => noise.Apply(hidden1).Relu().Apply(hidden2).Relu().Apply(output);
}

/// <summary>Scores points: above 0 for those that it takes for real.</summary>
[Layer]
public partial class Discriminator : ILayer
{
    readonly Linear hidden1 = new(128), hidden2 = new(128), output = new(1);

    public Tensor Forward(Tensor point) => point.Apply(hidden1).LeakyRelu(0.2f).Apply(hidden2).LeakyRelu(0.2f).Apply(output);
}

/// <summary>
/// Two networks that play against each other (I. Goodfellow et al. 2014). Each objective names the part that it trains: <c>FoolStep</c> changes the generator
/// only, <c>JudgeStep</c> the discriminator only, and the backward pass of each computes nothing for the other.
/// </summary>
[Model]
public partial class Gan
{
    public const int Noise = 8;

    readonly Generator generator = new();
    readonly Discriminator discriminator = new();

    public Tensor Forward([Shape("N", Noise)] Tensor noise) => noise.Apply(generator);

    /// <summary>The generator wants its points to be taken for real: the mean of -ln σ(score).</summary>
    [Objective(Parameters = [nameof(generator)])]
    public Tensor Fool([Shape("N", Noise)] Tensor noise) => (-Forward(noise).Apply(discriminator)).Softplus().Mean();

    /// <summary>The discriminator wants to tell them apart: the means of -ln σ(score) of real points, and of -ln(1 - σ(score)) of generated ones.</summary>
    [Objective(Parameters = [nameof(discriminator)])]
    public Tensor Judge([Shape("N", 2)] Tensor real, [Shape("N", Noise)] Tensor noise) =>
        (-real.Apply(discriminator)).Softplus().Mean() + Forward(noise).Apply(discriminator).Softplus().Mean();
}
