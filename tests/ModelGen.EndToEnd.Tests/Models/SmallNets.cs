namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>A tuple of outputs, one of them without a use for the other.</summary>
[Model]
internal partial class TwoHeads
{
    readonly Linear trunk = new(16), policy = new(6), worth = new(1);

    public (Tensor Policy, Tensor Value) Forward([Shape("N", 9)] Tensor board)
    {
        var x = board.Apply(trunk).Tanh();
        return (x.Apply(policy).LogSoftmax(), x.Apply(worth)[.., 0].Sigmoid());
    }

    public Tensor Loss([Shape("N", 9)] Tensor board, [Shape("N", 6)] Tensor wanted, [Shape("N")] Tensor result)
    {
        var (logits, value) = Forward(board);
        return (value - result).Square().Mean() - (logits * wanted).Sum(-1).Mean();
    }
}

/// <summary>One layer, used twice: its gradient is the sum.</summary>
[Model]
internal partial class SharedNet
{
    readonly Linear step = new(7);
    readonly Linear output = new(2);

    public Tensor Forward([Shape("N", 7)] Tensor x) => x.Apply(step).Relu().Apply(step).Silu().Apply(output);

    public Tensor Loss([Shape("N", 7)] Tensor x, [Shape("N", 2)] Tensor target) => Forward(x).MeanSquaredError(target);
}

/// <summary>Regression.</summary>
[Model]
internal partial class RegressionNet
{
    readonly Linear hidden = new(11);
    readonly Linear output = new(1);

    public Tensor Forward([Shape("N", 3)] Tensor x) => x.Apply(hidden).Softplus().Apply(output);

    public Tensor Loss([Shape("N", 3)] Tensor x, [Shape("N", 1)] Tensor target) => Forward(x).MeanSquaredError(target);
}

/// <summary>Independent yes and no.</summary>
[Model]
internal partial class BinaryNet
{
    readonly Linear hidden = new(11);
    readonly Linear output = new(4);

    public Tensor Forward([Shape("N", 5)] Tensor x) => x.Apply(hidden).GeluTanh().Apply(output);

    public Tensor Loss([Shape("N", 5)] Tensor x, [Shape("N", 4)] Tensor target) => Forward(x).BinaryCrossEntropyWithLogits(target);
}

/// <summary>A generative adversarial pair: two objectives, each with weights of its own.</summary>
[Model]
internal partial class AdversarialNet
{
    readonly Linear generator1 = new(8), generator2 = new(4);
    readonly Linear critic1 = new(8), critic2 = new(1);

    public Tensor Forward([Shape("N", 3)] Tensor noise) => noise.Apply(generator1).Relu().Apply(generator2);

    [Objective(Parameters = [nameof(critic1), nameof(critic2)])]
    public Tensor Critic([Shape("N", 3)] Tensor noise, [Shape("N", 4)] Tensor real) =>
        (Judge(Forward(noise)).Softplus() + (-Judge(real)).Softplus()).Mean();

    [Objective(Parameters = [nameof(generator1), nameof(generator2)])]
    public Tensor Generator([Shape("N", 3)] Tensor noise) => (-Judge(Forward(noise))).Softplus().Mean();

    Tensor Judge(Tensor x) => x.Apply(critic1).Silu().Apply(critic2);
}

/// <summary>A constructor of its own makes the layers, after the state was made. Two results of one type.</summary>
[Model]
internal partial class ConstructedNet
{
    readonly Linear first, second;

    public ConstructedNet()
    {
        first = new Linear(4);
        second = new Linear(4);
    }

    public (Tensor A, Tensor B) Forward([Shape("N", 4)] Tensor x) => (x.Apply(first), x.Apply(second).Tanh());

    public Tensor Loss([Shape("N", 4)] Tensor x, [Shape("N", 4)] Tensor target)
    {
        var (a, b) = Forward(x);
        return (a + b).MeanSquaredError(target);
    }
}
