namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>An image of 8x8 read row by row.</summary>
[Model]
internal partial class LstmNet
{
    readonly Lstm lstm = new(20);
    readonly Linear output = new(10);

    public Tensor Forward([Shape("N", 64)] Tensor image) => image.Reshape(-1, 8, 8).Apply(lstm).Select(1, -1).Apply(output);

    public Tensor Loss([Shape("N", 64)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}

/// <summary>All recurrent layers one upon another, over sequences of any length.</summary>
[Model]
internal partial class RecurrentNet
{
    readonly Gru gru = new(7) { Layers = 2 };
    readonly Rnn rnn = new(6) { Bidirectional = true };
    readonly Lstm lstm = new(5) { Bias = false };
    readonly Linear output = new(3);

    public Tensor Forward([Shape("N", "T", 4)] Tensor x) => x.Apply(gru).Apply(rnn).Apply(lstm).Mean(1).Apply(output);

    public Tensor Loss([Shape("N", "T", 4)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}

/// <summary>Sequences of different lengths: a decoder begins with the last states of an encoder, and learns them through its own first ones.</summary>
[Model]
internal partial class TranslationNet
{
    readonly Lstm encoder = new(5) { Bidirectional = true };
    readonly Lstm decoder = new(5) { Layers = 2 };
    readonly Gru tail = new(4) { Bidirectional = true };
    readonly Linear output = new(3);

    public (Tensor Scores, Tensor Last) Forward([Shape("N", "T", 3)] Tensor x, [Shape("N")] IntTensor lengths)
    {
        var (_, hidden, cell) = encoder.ForwardWithState(x, lengths: lengths);
        var (y, _, last) = decoder.ForwardWithState(x, hidden, cell);
        var (z, _) = tail.ForwardWithState(y, lengths: lengths);
        return (z.Sum(1).Apply(output), last[^1]);
    }

    public Tensor Loss([Shape("N", "T", 3)] Tensor x, [Shape("N")] IntTensor lengths, [Shape("N")] IntTensor label)
    {
        var (scores, last) = Forward(x, lengths);
        return scores.CrossEntropy(label) + last.Square().Mean();
    }
}

/// <summary>Cells of all kinds in a loop of three steps, which is unfolded.</summary>
[Model]
internal partial class CellNet
{
    readonly LstmCell lstm = new(5);
    readonly GruCell gru = new(4);
    readonly RnnCell rnn = new(3) { Bias = false };

    public Tensor Forward([Shape("N", 3, 4)] Tensor x)
    {
        Tensor h = Tensor.Zeros(x.Shape[0], 5), c = h, g = Tensor.Zeros(x.Shape[0], 4), r = Tensor.Zeros(x.Shape[0], 3);
        for (int t = 0; t < x.Shape[1]; t++)
        {
            (h, c) = lstm.Forward(x[.., t], h, c);
            g = gru.Forward(h, g);
            r = rnn.Forward(g, r);
        }
        return r;
    }

    public Tensor Loss([Shape("N", 3, 4)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}

/// <summary>A sequence in, a sequence and the newest scores out: each depends on the steps so far alone, so the model can be given them piece by piece.</summary>
[Model]
internal partial class StreamNet
{
    readonly Embedding symbols = new(6, 4);
    readonly Linear input = new(4);
    readonly Gru gru = new(7) { Layers = 2 };
    readonly LayerNorm norm = new();
    readonly Lstm lstm = new(5);
    readonly Linear scores = new(3);

    public (Tensor Sequence, Tensor Newest) Forward([Shape("N", "T")] IntTensor symbol, [Shape("N", "T", 3)] Tensor x)
    {
        var y = symbol.Apply(symbols) + x.Apply(input).Relu();
        y = y.Apply(gru).Apply(norm).Apply(lstm);
        return (y.Softmax(), y[.., ^1].Apply(scores));
    }
}
