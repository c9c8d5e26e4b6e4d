namespace ModelGen.Benchmarks.Models;

/// <summary><see cref="Mlp"/> with factors of products in bfloat16.</summary>
[Model(Storage = StorageFormat.BFloat16)]
internal sealed partial class MlpBFloat16
{
    readonly Linear hidden1 = new(512), hidden2 = new(256), output = new(10);

    public Tensor Forward([Shape("N", 784)] Tensor image) => image.Apply(hidden1).Relu().Apply(hidden2).Relu().Apply(output);

    public Tensor Loss([Shape("N", 784)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}

/// <summary><see cref="Mlp"/> with factors of products in float16.</summary>
[Model(Storage = StorageFormat.Float16)]
internal sealed partial class MlpFloat16
{
    readonly Linear hidden1 = new(512), hidden2 = new(256), output = new(10);

    public Tensor Forward([Shape("N", 784)] Tensor image) => image.Apply(hidden1).Relu().Apply(hidden2).Relu().Apply(output);

    public Tensor Loss([Shape("N", 784)] Tensor image, [Shape("N")] IntTensor label) => Forward(image).CrossEntropy(label);
}

/// <summary><see cref="Gpt"/> with factors of products in bfloat16.</summary>
[Model(Storage = StorageFormat.BFloat16)]
internal sealed partial class GptBFloat16
{
    public const int Vocabulary = Gpt.Vocabulary, Context = Gpt.Context, Width = Gpt.Width, Heads = Gpt.Heads;

    readonly Embedding tokens = new(Vocabulary, Width) { Deviation = 0.02f };
    readonly PositionEmbedding positions = new(Context) { Deviation = 0.02f };
    readonly GptBlock[] blocks = [new(Width, Heads), new(Width, Heads), new(Width, Heads), new(Width, Heads)];
    readonly LayerNorm norm = new();

    public Tensor Forward([Shape("N", Context)] IntTensor token)
    {
        var x = token.Apply(tokens).Apply(positions);
        foreach (var block in blocks) x = x.Apply(block);
        return tokens.Unembed(x.Apply(norm));
    }

    public Tensor Loss([Shape("N", Context)] IntTensor token, [Shape("N", Context)] IntTensor next) => Forward(token).CrossEntropy(next);
}

/// <summary>Two products whose weights (16 MB of float32 each) lie in no cache: how fast memory is read.</summary>
[Model]
internal sealed partial class Large
{
    readonly Linear first = new(2048), second = new(2048);

    public Tensor Forward([Shape("N", 2048)] Tensor x) => x.Apply(first).Relu().Apply(second);
}

/// <summary><see cref="Large"/> with factors of products in bfloat16.</summary>
[Model(Storage = StorageFormat.BFloat16)]
internal sealed partial class LargeBFloat16
{
    readonly Linear first = new(2048), second = new(2048);

    public Tensor Forward([Shape("N", 2048)] Tensor x) => x.Apply(first).Relu().Apply(second);
}
