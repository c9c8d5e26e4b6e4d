namespace ModelGen.EndToEnd.Tests.Models;

/// <summary>Rotary positions, shared keys and values, RMS norms and a gate, over tokens of any length.</summary>
[Model]
internal partial class GroupedDecoder
{
    public const int Vocabulary = 7;
    const int Width = 24;

    readonly Embedding embed = new(Vocabulary, Width);
    readonly RmsNorm norm1 = new(), norm2 = new(), last = new();
    readonly SelfAttention attention = new(6) { Causal = true, Rotary = true, KeyValueHeads = 2, Bias = false };
    readonly SelfAttention second = new(2) { Causal = true, Rotary = true };
    readonly Linear up = new(40), gate = new(40), down = new(Width), output = new(Vocabulary);

    public Tensor Forward([Shape("N", "T")] IntTensor token)
    {
        var x = token.Apply(embed);
        x += x.Apply(norm1).Apply(attention);
        x += (x.Apply(norm2).Apply(up) * x.Apply(norm2).Apply(gate).Silu()).Apply(down);
        return (x + x.Apply(second)).Apply(last).Apply(output).LogSoftmax();
    }

    public Tensor Loss([Shape("N", "T")] IntTensor token, [Shape("N", "T")] IntTensor next) => Forward(token).Nll(next);
}

/// <summary>Sinusoidal positions and measured values instead of tokens, in double precision; the heads are made by hand.</summary>
[Model(Precision = Precision.Float64)]
internal partial class SeriesDecoder
{
    const int Width = 12;

    readonly Linear input = new(Width), queries = new(Width), keys = new(Width), values = new(6), output = new(2);
    readonly LayerNorm norm = new();

    public Tensor Forward([Shape("N", "T", 5)] Tensor series)
    {
        var x = series.Apply(input).AddSinusoidalPositions();
        var y = x.Apply(norm);
        var seen = y.Apply(queries).ScaledDotProductAttention(y.Apply(keys), y.Apply(values), causal: true);
        return Tensor.Concat(-1, x, seen).Tanh().Apply(output);
    }
}

/// <summary>One sequence without an axis for several.</summary>
[Model]
internal partial class SingleDecoder
{
    readonly Embedding embed = new(5, 8);
    readonly PositionEmbedding position = new(40);
    readonly SelfAttention attention = new(2) { Causal = true };

    public Tensor Forward([Shape(33)] IntTensor token) => embed.Unembed(token.Apply(embed).Apply(position).Apply(attention));
}

/// <summary>The mean looks at all positions, so nothing can be decoded one by one.</summary>
[Model]
internal partial class PooledDecoder
{
    readonly Embedding embed = new(5, 8);
    readonly SelfAttention attention = new(2) { Causal = true };

    public Tensor Forward([Shape("N", "T")] IntTensor token) => token.Apply(embed).Apply(attention).Mean(1);
}

/// <summary>An attention that looks back over a window, one over padded sequences, and the ready-made layers.</summary>
[Model]
internal partial class WindowNet
{
    const int Context = 20;

    readonly Embedding embed = new(5, 8) { Deviation = 0.5f };
    readonly TransformerEncoderLayer encoder = new(2, 12) { NormFirst = true, Causal = true };
    readonly SelfAttention near = new(4) { Causal = true, Window = 6, KeyValueHeads = 2, Rotary = true };
    readonly SwiGlu gated = new(10);
    readonly MixtureOfExperts experts = new(3, 6);

    public Tensor Forward([Shape("N", Context)] IntTensor token)
    {
        var x = token.Apply(embed).Apply(encoder);
        x += x.Apply(near);
        x += x.Apply(gated);
        return embed.Unembed(x + x.Apply(experts));
    }

    public Tensor Loss([Shape("N", Context)] IntTensor token, [Shape("N", Context)] IntTensor next) => Forward(token).CrossEntropy(next);
}

/// <summary>A decoder that looks at what an encoder made of a padded sequence.</summary>
[Model]
internal partial class EncoderDecoderNet
{
    readonly Embedding source = new(5, 8) { Deviation = 0.5f }, target = new(5, 8) { Deviation = 0.5f };
    readonly TransformerDecoderLayer decoder = new(2, 12) { Gelu = true };
    readonly Linear output = new(5);

    public Tensor Forward([Shape("N", 18)] IntTensor text, [Shape("N")] IntTensor lengths, [Shape("N", 7)] IntTensor token)
    {
        var seen = text.Apply(source);
        seen += seen.ScaledDotProductAttention(seen, seen, lengths);
        return decoder.Forward(token.Apply(target), seen).Apply(output);
    }

    public Tensor Loss([Shape("N", 18)] IntTensor text, [Shape("N")] IntTensor lengths, [Shape("N", 7)] IntTensor token, [Shape("N", 7)] IntTensor next) =>
        Forward(text, lengths, token).CrossEntropy(next);
}
