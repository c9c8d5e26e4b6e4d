namespace ModelGen.Compiler.Layers;

/// <summary>Attention of queries to keys and values, by several heads: see <see cref="Attention"/>.</summary>
internal sealed class MultiheadAttention : LayerDefinition
{
    public static readonly MultiheadAttention Definition = new() { PyTorch = "torch.nn.MultiheadAttention" };

    public override string Name => "MultiheadAttention";

    public override string Summary =>
        "Attention by several heads (Vaswani et al. 2017): queries [..., T, width], keys and values [..., S, any width] → [..., T, width]. A decoder looks at what an encoder made. " +
        "With lengths [N], each at most S, nobody looks at the keys behind them. A mask, which broadcasts to [N, heads, T, S], is added to the scores: -∞ hides a key, any other number is a bias.";

    public override IReadOnlyList<SurfaceParameter> Constructor => Attention.Constructor;
    public override IReadOnlyList<SurfaceParameter> Properties => Attention.Properties;
    public override IReadOnlyList<LayerInput> Inputs => ["query", "key", "value", Attention.Lengths, new("mask", IsOptional: true)];

    public override Node Forward(LayerCall layer) => Attention.Of(layer, layer.Input(0), layer.Input(1), layer.Input(2), layer.Optional(3), layer.Optional(4));

    public override IReadOnlyList<Sample> Samples =>
    [
        new([2, 3, 8], [2, 5, 8], [2, 5, 8]) { Arguments = { ["heads"] = 2 } },
        new([3, 4, 6], [3, 4, 5], [3, 4, 7]) { Arguments = { ["heads"] = 3, ["Causal"] = true } },
        new([3, 4, 6], [3, 5, 4], [3, 5, 4], [3]) { Arguments = { ["heads"] = 2 }, LowestClass = 1, Classes = 6, Low = -1, High = 1 },
        new([2, 3, 8], [2, 5, 8], [2, 5, 8], [2], [3, 5]) { Arguments = { ["heads"] = 2, ["KeyValueHeads"] = 1, ["Rotary"] = true }, LowestClass = 1, Classes = 6, Low = -1, High = 1 },
        new([2, 4, 6], [2, 4, 6], [2, 4, 6], [2], [2, 3, 1, 4]) { Arguments = { ["heads"] = 3, ["Causal"] = true }, LowestClass = 1, Classes = 5, Low = -1, High = 1 },
    ];
}
