namespace ModelGen.Benchmarks.Models;

/// <summary>W4: a small GPT-2 (Radford et al., 2019) over characters: pre-norm, exact GELU, no biases in its products, tied embeddings.</summary>
[Model]
internal sealed partial class Gpt
{
    public const int Vocabulary = 65, Context = 64, Width = 128, Heads = 4;

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

/// <summary>Attention and a dense network for each position, both added to the stream.</summary>
[Layer]
internal sealed partial class GptBlock(int width, int heads) : ILayer
{
    readonly LayerNorm norm1 = new(), norm2 = new();
    readonly SelfAttention attention = new(heads) { Causal = true, Bias = false };
    readonly Linear up = new(4 * width) { Bias = false }, down = new(width) { Bias = false };

    public Tensor Forward(Tensor x)
    {
        x += x.Apply(norm1).Apply(attention);
        return x + x.Apply(norm2).Apply(up).Gelu().Apply(down);
    }
}
