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
