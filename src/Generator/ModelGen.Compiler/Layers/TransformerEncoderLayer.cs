namespace ModelGen.Compiler.Layers;

/// <summary>Self-attention and a network for each position, each with a residual and a norm: see <see cref="TransformerLayer"/>.</summary>
internal sealed class TransformerEncoderLayer : LayerDefinition
{
    public static readonly TransformerEncoderLayer Definition = new() { PyTorch = "torch.nn.TransformerEncoderLayer" };

    public override string Name => "TransformerEncoderLayer";

    public override string Summary =>
        "A layer of a transformer's encoder (Vaswani et al. 2017): self-attention, then a network for each position, each with a residual and a layer norm, [..., T, width] → [..., T, width]. " +
        "With Causal it is a layer of a GPT. With lengths [N], each at most T, nobody looks at the positions behind them.";

    public override IReadOnlyList<SurfaceParameter> Constructor => TransformerLayer.Constructor;

    public override IReadOnlyList<SurfaceParameter> Properties => [.. TransformerLayer.Properties, SurfaceParameter.Bool("Causal", "whether a position sees itself and what lies before it only", false)];

    public override IReadOnlyList<LayerInput> Inputs => ["x", Attention.Lengths];

    public override Node Forward(LayerCall layer)
    {
        Dictionary<string, object?> attention = new() { ["heads"] = (Dim)layer.Positive("heads"), ["Causal"] = layer.Arguments.Bool("Causal") };
        var x = TransformerLayer.Residual(layer, layer.X, 1, y => layer.Part(SelfAttention.Definition, "self_attn", attention, y, layer.Optional(1)));
        return TransformerLayer.Residual(layer, x, 2, y => TransformerLayer.FeedForward(layer, y));
    }

    public override IReadOnlyList<Sample> Samples =>
    [
        new([2, 5, 8]) { Arguments = { ["heads"] = 2, ["feedForward"] = 12, ["Causal"] = true }, Low = -1, High = 1 },
        // One position: behind a norm the sums that cancel in the gradient of the keys' bias are too large to compare with zero.
        new([3, 1, 6]) { Arguments = { ["heads"] = 3, ["feedForward"] = 7, ["NormFirst"] = true, ["Gelu"] = true }, Low = -1, High = 1 },
        new([3, 4, 6], [3]) { Arguments = { ["heads"] = 2, ["feedForward"] = 7 }, LowestClass = 1, Classes = 5, Low = -1, High = 1 },
    ];
}
