namespace ModelGen.Compiler.Layers;

/// <summary>Attention of a sequence to itself, by several heads: see <see cref="Attention"/>.</summary>
internal sealed class SelfAttention : LayerDefinition
{
    public static readonly SelfAttention Definition = new() { PyTorch = "torch.nn.MultiheadAttention" };

    public override string Name => "SelfAttention";

    public override string Summary =>
        "Self-attention by several heads (Vaswani et al. 2017): [..., T, width] → [..., T, width]. Each head looks from every position at all others, or with Causal at itself and those before it. " +
        "With lengths [N], each at most T, sequences [N, T, width] end there: nobody looks at what is behind.";

    public override IReadOnlyList<SurfaceParameter> Constructor => Attention.Constructor;
    public override IReadOnlyList<SurfaceParameter> Properties => Attention.Properties;

    public override IReadOnlyList<LayerInput> Inputs => ["x", Attention.Lengths];

    public override Node Forward(LayerCall layer) => Attention.Of(layer, layer.X, layer.X, layer.X, layer.Optional(1), mask: null);

    public override IReadOnlyList<Sample> Samples =>
    [
        new([2, 5, 8]) { Arguments = { ["heads"] = 2 } },
        // Small values: the gradient of the keys' bias is zero, the sum of what cancels.
        new([2, 6, 12]) { Arguments = { ["heads"] = 4, ["Causal"] = true }, Low = -1, High = 1 },
        new([2, 3, 8]) { Arguments = { ["heads"] = 4, ["Causal"] = true, ["KeyValueHeads"] = 2, ["Bias"] = false, ["Width"] = 8 } },
        new([3, 5, 8]) { Arguments = { ["heads"] = 2, ["Causal"] = true, ["Rotary"] = true } },
        new([2, 18, 8]) { Arguments = { ["heads"] = 2, ["Causal"] = true, ["Window"] = 5 }, Low = -1, High = 1 },
        new([4, 3]) { Arguments = { ["heads"] = 1 } },
        new([3, 5, 8], [3]) { Arguments = { ["heads"] = 2 }, LowestClass = 1, Classes = 6, Low = -1, High = 1 },
        new([2, 17, 6], [2]) { Arguments = { ["heads"] = 2, ["Causal"] = true, ["KeyValueHeads"] = 1, ["Window"] = 6 }, LowestClass = 1, Classes = 18, Low = -1, High = 1 },
    ];
}
