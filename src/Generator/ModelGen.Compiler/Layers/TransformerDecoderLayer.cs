namespace ModelGen.Compiler.Layers;

/// <summary>Causal self-attention, attention to what an encoder made, and a network for each position: see <see cref="TransformerLayer"/>.</summary>
internal sealed class TransformerDecoderLayer : LayerDefinition
{
    public static readonly TransformerDecoderLayer Definition = new() { PyTorch = "torch.nn.TransformerDecoderLayer" };

    public override string Name => "TransformerDecoderLayer";

    public override string Summary =>
        "A layer of a transformer's decoder (Vaswani et al. 2017): causal self-attention, attention to the memory that an encoder made, then a network for each position, each with a residual and a " +
        "layer norm: x [..., T, width] and memory [..., S, any width] → [..., T, width]. " +
        "With lengths [N] nobody looks at the positions of x behind them, and with memoryLengths [N] at those of memory.";

    public override IReadOnlyList<SurfaceParameter> Constructor => TransformerLayer.Constructor;
    public override IReadOnlyList<SurfaceParameter> Properties => TransformerLayer.Properties;
    public override IReadOnlyList<LayerInput> Inputs => ["x", "memory", Attention.Lengths, Attention.Lengths with { Name = "memoryLengths" }];

    public override Node Forward(LayerCall layer)
    {
        var (heads, memory) = ((Dim)layer.Positive("heads"), layer.Input(1));
        var x = TransformerLayer.Residual(layer, layer.X, 1, y => layer.Part(SelfAttention.Definition, "self_attn", new() { ["heads"] = heads, ["Causal"] = true }, y, layer.Optional(2)));
        x = TransformerLayer.Residual(layer, x, 2, y => layer.Part(MultiheadAttention.Definition, "multihead_attn", new() { ["heads"] = heads }, y, memory, memory, layer.Optional(3)));
        return TransformerLayer.Residual(layer, x, 3, y => TransformerLayer.FeedForward(layer, y));
    }

    public override IReadOnlyList<Sample> Samples =>
    [
        new([2, 3, 8], [2, 5, 8]) { Arguments = { ["heads"] = 2, ["feedForward"] = 12 }, Low = -1, High = 1 },
        new([2, 4, 6], [2, 3, 5]) { Arguments = { ["heads"] = 3, ["feedForward"] = 7, ["NormFirst"] = true, ["Gelu"] = true }, Low = -1, High = 1 },
        new([3, 4, 6], [3, 5, 6], [3], [3]) { Arguments = { ["heads"] = 2, ["feedForward"] = 7 }, LowestClass = 1, Classes = 5, Low = -1, High = 1 },
    ];
}
