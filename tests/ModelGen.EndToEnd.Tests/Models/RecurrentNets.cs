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
