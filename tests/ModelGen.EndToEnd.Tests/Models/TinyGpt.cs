namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>A block of a transformer's decoder, pre-norm.</summary>
[Layer]
internal partial class DecoderBlock(int width, int heads) : ILayer
{
    readonly LayerNorm norm1 = new(), norm2 = new();
    readonly SelfAttention attention = new(heads) { Causal = true };
    readonly Linear up = new(4 * width), down = new(width);

    public Tensor Forward(Tensor x)
    {
        x += x.Apply(norm1).Apply(attention);
        return x + x.Apply(norm2).Apply(up).Gelu().Apply(down);
    }
}

/// <summary>A language model with tied embeddings.</summary>
[Model]
internal partial class TinyGpt
{
    const int Vocabulary = 11, Context = 8, Width = 16, Heads = 2;

    readonly Embedding embed = new(Vocabulary, Width) { Deviation = 0.2f };
    readonly PositionEmbedding position = new(Context) { Deviation = 0.2f };
    readonly DecoderBlock[] blocks = [new(Width, Heads), new(Width, Heads)];
    readonly LayerNorm norm = new();

    public Tensor Forward([Shape("N", Context)] IntTensor token)
    {
        var x = token.Apply(embed).Apply(position);
        foreach (var block in blocks) x = x.Apply(block);
        return embed.Unembed(x.Apply(norm));
    }

    public Tensor Loss([Shape("N", Context)] IntTensor token, [Shape("N", Context)] IntTensor next) => Forward(token).CrossEntropy(next);
}

/// <summary>Rotary positions, RMS norms, shared keys and values, over sequences of any length.</summary>
[Model]
internal partial class RotaryNet
{
    readonly Embedding embed = new(5, 8);
    readonly RmsNorm norm = new(), last = new();
    readonly SelfAttention attention = new(4) { Causal = true, Rotary = true, KeyValueHeads = 2, Bias = false };
    readonly MultiheadAttention look = new(2);
    readonly Linear output = new(3);

    public Tensor Forward([Shape("N", "T")] IntTensor token)
    {
        var x = token.Apply(embed).AddSinusoidalPositions();
        var y = x + x.Apply(norm).Apply(attention);
        return (y + look.Forward(y, x, x)).Apply(last).Mean(1).Apply(output);
    }

    public Tensor Loss([Shape("N", "T")] IntTensor token, [Shape("N")] IntTensor label) => Forward(token).CrossEntropy(label);
}
