namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>A loop over time that the model writes itself, over sequences of any length: its last state, and what each step gave.</summary>
[Model]
internal partial class ScanNet
{
    readonly LstmCell cell = new(6);
    readonly Linear output = new(3);

    public (Tensor Scores, Tensor States) Forward([Shape("N", "T", 4)] Tensor x)
    {
        Tensor h = Tensor.Zeros(x.Shape[0], 6), c = h;
        var hidden = new List<Tensor>();
        foreach (var step in x.Steps(axis: 1))
        {
            (h, c) = cell.Forward(step, h, c);
            hidden.Add(h);
        }
        return (h.Apply(output), Tensor.Stack(1, hidden));
    }

    public Tensor Loss([Shape("N", "T", 4)] Tensor x, [Shape("N")] IntTensor label)
    {
        var (scores, states) = Forward(x);
        return scores.CrossEntropy(label) + 0.1f * states.Square().Mean();
    }
}

/// <summary>
/// What a loop may hold: values of the model around it, the same layer inside and outside, a carried tuple with a scalar, dropout, the last step first, and an
/// axis of constant size.
/// </summary>
[Model]
internal partial class ScanForms
{
    readonly Linear inner = new(5), gate = new(4);
    readonly Dropout dropout = new(0.25f);
    readonly GruCell gru = new(5);
    readonly Linear output = new(3);

    public Tensor Forward([Shape("N", "T", 5)] Tensor x)
    {
        var scale = x.Mean(1).Apply(inner);
        var state = (Sum: Tensor.Zeros(x.Shape[0], 5), Weight: Tensor.Scalar(1f));
        var mixes = new List<Tensor>();
        foreach (var step in x.Steps().Reverse())
        {
            var mixed = (step * scale + state.Sum).Tanh().Apply(dropout);
            state = (mixed.Apply(inner), state.Weight * 0.9f);
            mixes.Add(mixed);
        }
        var h = state.Sum * state.Weight;
        foreach (var column in x.Apply(gate).Steps(-1)) h = gru.Forward(h * column.Mean(1).Unsqueeze(1), h + scale);
        // The step that came first was the last one.
        return (h + Tensor.Stack(-1, mixes)[.., .., 0]).Apply(output);
    }

    public Tensor Loss([Shape("N", "T", 5)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}

/// <summary>A loop inside of a loop: images read line by line, lines pixel by pixel.</summary>
[Model]
internal partial class NestedScan
{
    readonly RnnCell fine = new(4), coarse = new(3);

    public Tensor Forward([Shape("N", 3, "T", 2)] Tensor image)
    {
        var h = Tensor.Zeros(image.Shape[0], 3);
        foreach (var line in image.Steps(1))
        {
            var g = Tensor.Zeros(image.Shape[0], 4);
            foreach (var pixel in line.Steps(1)) g = fine.Forward(pixel, g);
            h = coarse.Forward(g, h);
        }
        return h;
    }

    public Tensor Loss([Shape("N", 3, "T", 2)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}
