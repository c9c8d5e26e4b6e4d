namespace CharLm;

/// <summary>A block of a GPT: attention, then a small network for each position, both added to the stream (pre-norm, as in GPT-2).</summary>
[Layer]
public partial class Block(int width, int heads) : ILayer
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

/// <summary>
/// A small GPT (Radford et al., "Language Models are Unsupervised Multitask Learners", 2019) over characters. At each position it gives a score to
/// every character that may come next. The embedding of the characters is also the last layer.
/// </summary>
[Model]
public partial class Gpt
{
    public const int Context = 64;
    const int Width = 128, Heads = 4;

    readonly Embedding characters = new(Alphabet.Count, Width) { Deviation = 0.02f };
    readonly PositionEmbedding positions = new(Context) { Deviation = 0.02f };
    readonly Block[] blocks = [new(Width, Heads), new(Width, Heads), new(Width, Heads), new(Width, Heads)];
    readonly LayerNorm norm = new();

    public Tensor Forward([Shape("N", Context)] IntTensor token)
    {
        var x = token.Apply(characters).Apply(positions);
        foreach (var block in blocks) x = x.Apply(block);
        return characters.Unembed(x.Apply(norm));
    }

    public Tensor Loss([Shape("N", Context)] IntTensor token, [Shape("N", Context)] IntTensor next) => Forward(token).CrossEntropy(next);
}
