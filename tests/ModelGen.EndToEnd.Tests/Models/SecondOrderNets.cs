namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>A loss with the slope of recurrent layers in it: its gradient is a second derivative through all of them.</summary>
[Model]
internal partial class RecurrentSlopeNet
{
    readonly Lstm lstm = new(4);
    readonly Gru gru = new(3) { Bidirectional = true };
    readonly Rnn rnn = new(3);
    readonly Linear output = new(3);

    public Tensor Forward([Shape("N", "T", 3)] Tensor x, [Shape("N")] IntTensor lengths)
    {
        var (y, _) = gru.ForwardWithState(x.Apply(lstm), lengths: lengths);
        return y.Apply(rnn).Sum(1).Apply(output);
    }

    public Tensor Loss([Shape("N", "T", 3)] Tensor x, [Shape("N")] IntTensor lengths, [Shape("N")] IntTensor label)
    {
        var scores = Forward(x, lengths);
        return scores.CrossEntropy(label) + (300f * Tensor.Gradient(scores, x)).Square().Mean();
    }
}

/// <summary>The same through a loop that the model writes itself, and for the derivative along a direction.</summary>
[Model]
internal partial class ScanSlopeNet
{
    readonly LstmCell cell = new(4);
    readonly Linear output = new(2);

    public Tensor Forward([Shape("N", "T", 3)] Tensor x)
    {
        Tensor h = Tensor.Zeros(x.Shape[0], 4), c = h;
        foreach (var step in x.Steps(axis: 1)) (h, c) = cell.Forward(step, h, c);
        return h.Apply(output);
    }

    public Tensor Loss([Shape("N", "T", 3)] Tensor x, [Shape("N", "T", 3)] Tensor direction)
    {
        var y = Forward(x);
        return (y - 1).Square().Mean() + Tensor.Gradient(y, x).Square().Mean() + Tensor.Jvp(y, x, direction).Square().Mean();
    }
}

/// <summary>A loss with the slope of a max pooling in it, over windows that overlap and reach into the padding.</summary>
[Model]
internal partial class PoolSlopeNet
{
    readonly Conv2d conv = new(4, kernelSize: 3, padding: 1);
    readonly Linear output = new(3);

    public Tensor Forward([Shape("N", 2, 6, 5)] Tensor image) => image.Apply(conv).Tanh().MaxPool2d(3, stride: 2, padding: 1).Square().Flatten().Apply(output);

    public Tensor Loss([Shape("N", 2, 6, 5)] Tensor image, [Shape("N")] IntTensor label)
    {
        var scores = Forward(image);
        return scores.CrossEntropy(label) + (10f * Tensor.Gradient(scores.Tanh(), image).Square().Mean());
    }
}

/// <summary>
/// A layer that is the solution of an equation, z = tanh(W z / 2 + U x) (Bai et al., "Deep equilibrium models", 2019). The iteration keeps nothing: by the implicit function
/// theorem, what flows to the equation's right side is the solution u of u = dy + Jᵀ u, with J its derivative in z.
/// </summary>
[Model]
internal partial class EquilibriumNet
{
    const int Iterations = 60;
    readonly Linear inner = new(5), outer = new(5) { Bias = false }, output = new(2);

    public Tensor Forward([Shape("N", 4)] Tensor x) => Equilibrium(x).Apply(output);

    public Tensor Loss([Shape("N", 4)] Tensor x, [Shape("N", 2)] Tensor target) => Forward(x).MeanSquaredError(target);

    Tensor RightSide(Tensor z, Tensor x) => ((0.5f * z.Apply(inner)) + x.Apply(outer)).Tanh();

    Tensor Equilibrium(Tensor x)
    {
        var z = Tensor.Zeros(x.Shape[0], 5);
        foreach (var _ in Tensor.Zeros(Iterations).Steps(0)) z = RightSide(z, x);
        var solution = z.StopGradient();
        var y = RightSide(solution, x);
        return y.WithGradient(y, dy =>
        {
            var u = dy;
            foreach (var _ in Tensor.Zeros(Iterations).Steps(0)) u = dy + Tensor.Vjp(RightSide(solution, x), solution, u);
            return u;
        });
    }
}

/// <summary>
/// What other languages write as a loop that goes on until it has converged: a loop of bounded length, in which what is done stays as it is. Heron's method for a square root;
/// each row stops by itself.
/// </summary>
[Model]
internal partial class HaltingNet
{
    readonly Linear hidden = new(6), output = new(2);

    public (Tensor Scores, Tensor Root, Tensor Steps) Forward([Shape("N", 3)] Tensor x)
    {
        var square = x.Apply(hidden).Softplus().Sum(-1) + 0.5f;
        Tensor root = square, steps = Tensor.Zeros(x.Shape[0]);
        foreach (var _ in Tensor.Zeros(12).Steps(0))
        {
            var goesOn = (root * root - square).Abs() > 1e-2f;
            root = Tensor.Where(goesOn, 0.5f * (root + (square / root)), root);
            steps += goesOn;
        }
        return ((root.Unsqueeze(1) * x).Apply(output), root.Square() - square, steps);
    }

    public Tensor Loss([Shape("N", 3)] Tensor x, [Shape("N", 2)] Tensor target) => Forward(x).Scores.MeanSquaredError(target);
}
