namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>A perceptron whose products have factors of 16 bits.</summary>
[Model(Storage = StorageFormat.BFloat16)]
internal partial class MixedMlp
{
    readonly Linear first = new(40), second = new(33), last = new(3);

    public Tensor Forward([Shape("N", 19)] Tensor x) => x.Apply(first).Relu().Apply(second).Gelu().Apply(last);

    public Tensor Loss([Shape("N", 19)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}

/// <summary>The same in IEEE half precision, with dropout.</summary>
[Model(Storage = StorageFormat.Float16)]
internal partial class HalfMlp
{
    readonly Linear first = new(40), second = new(33), last = new(3);
    readonly Dropout drop = new(0.3f);

    public Tensor Forward([Shape("N", 19)] Tensor x) => x.Apply(first).Tanh().Apply(drop).Apply(second).Silu().Apply(last);

    public Tensor Loss([Shape("N", 19)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}

/// <summary>The same without dropout.</summary>
[Model(Storage = StorageFormat.Float16)]
internal partial class HalfSmoothMlp
{
    readonly Linear first = new(40), second = new(33), last = new(3);

    public Tensor Forward([Shape("N", 19)] Tensor x) => x.Apply(first).Relu().Apply(second).Gelu().Apply(last);

    public Tensor Loss([Shape("N", 19)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}

/// <summary>The same in float32.</summary>
[Model]
internal partial class ExactMlp
{
    readonly Linear first = new(40), second = new(33), last = new(3);

    public Tensor Forward([Shape("N", 19)] Tensor x) => x.Apply(first).Relu().Apply(second).Gelu().Apply(last);

    public Tensor Loss([Shape("N", 19)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}

/// <summary>Convolutions, pooling and a norm of batches.</summary>
[Model(Storage = StorageFormat.BFloat16)]
internal partial class MixedConvNet
{
    readonly Conv2d first = new(6, kernelSize: 3, padding: 1), second = new(16, kernelSize: 3);
    readonly BatchNorm2d norm = new();
    readonly Linear last = new(3);

    public Tensor Forward([Shape("N", 2, 8, 8)] Tensor image)
    {
        var x = image.Apply(first).Relu().MaxPool2d(2);
        return x.Apply(second).Apply(norm).Relu().Flatten().Apply(last);
    }

    public Tensor Loss([Shape("N", 2, 8, 8)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}

/// <summary>Two blocks of a small GPT.</summary>
[Model(Storage = StorageFormat.BFloat16)]
internal partial class MixedGpt
{
    readonly Embedding tokens = new(11, 24) { Deviation = 0.2f };
    readonly PositionEmbedding places = new(12) { Deviation = 0.2f };
    readonly DecoderBlock first = new(24, 2), second = new(24, 2);
    readonly LayerNorm norm = new();
    readonly Linear head = new(11) { Bias = false };

    public Tensor Forward([Shape("N", 12)] IntTensor text) =>
        text.Apply(tokens).Apply(places).Apply(first).Apply(second).Apply(norm).Apply(head);

    public Tensor Loss([Shape("N", 12)] IntTensor text, [Shape("N", 12)] IntTensor next) => Forward(text).CrossEntropy(next);
}

/// <summary>A recurrent layer: its weights are rounded, its state is not.</summary>
[Model(Storage = StorageFormat.Float16)]
internal partial class MixedLstm
{
    readonly Lstm lstm = new(12);
    readonly Linear last = new(3);

    public Tensor Forward([Shape("N", "T", 7)] Tensor x) => x.Apply(lstm).Select(1, -1).Apply(last);

    public Tensor Loss([Shape("N", "T", 7)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}

/// <summary>Blocks whose activations are computed again, with products of 16-bit factors.</summary>
[Model(Storage = StorageFormat.BFloat16)]
internal partial class MixedRecomputingNet
{
    [Layer(Recompute = true)]
    readonly WideBlock[] blocks = [new(16), new(16), new(16), new(16)];
    readonly Linear output = new(3);

    public Tensor Forward([Shape("N", 16)] Tensor x)
    {
        foreach (var block in blocks) x = x.Apply(block);
        return x.Apply(output);
    }

    public Tensor Loss([Shape("N", 16)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}

/// <summary>The same blocks, whose activations are kept in 16 bits.</summary>
[Model(Storage = StorageFormat.BFloat16)]
internal partial class MixedKeepingNet
{
    readonly WideBlock[] blocks = [new(16), new(16), new(16), new(16)];
    readonly Linear output = new(3);

    public Tensor Forward([Shape("N", 16)] Tensor x)
    {
        foreach (var block in blocks) x = x.Apply(block);
        return x.Apply(output);
    }

    public Tensor Loss([Shape("N", 16)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
}

/// <summary>Recurrent layers and a product, whose results depend on the steps so far alone.</summary>
[Model(Storage = StorageFormat.BFloat16)]
internal partial class MixedStreamNet
{
    readonly Linear input = new(24);
    readonly Gru gru = new(7);
    readonly Lstm lstm = new(5);
    readonly Linear scores = new(3);

    public (Tensor Sequence, Tensor Newest) Forward([Shape("N", "T", 3)] Tensor x)
    {
        var y = x.Apply(input).Relu().Apply(gru).Apply(lstm);
        return (y, y[.., ^1].Apply(scores));
    }
}

/// <summary>Products whose rounded weights are packed for inference: they are too large to be printed as text.</summary>
[Model(Storage = StorageFormat.BFloat16)]
internal partial class MixedWideNet
{
    readonly Conv2d conv = new(48, kernelSize: 3, padding: 1), next = new(40, kernelSize: 3);
    readonly Linear first = new(130), second = new(70);

    public Tensor Forward([Shape("N", 16, 5, 4)] Tensor image) => image.Apply(conv).Relu().Apply(next).Relu().Flatten().Apply(first).Relu().Apply(second);

    public Tensor Loss([Shape("N", 16, 5, 4)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}
