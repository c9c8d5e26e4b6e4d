namespace ModelGen.Compiler.Layers;

/// <summary>Attention of queries to keys and values, by several heads: see <see cref="Attention"/>.</summary>
internal sealed class MultiheadAttention : LayerDefinition
{
    public static readonly MultiheadAttention Definition = new() { PyTorch = "torch.nn.MultiheadAttention" };

    public override string Name => "MultiheadAttention";

    public override string Summary =>
        "Attention by several heads (Vaswani et al. 2017): queries [..., T, width], keys and values [..., S, any width] → [..., T, width]. A decoder looks at what an encoder made.";

    public override IReadOnlyList<SurfaceParameter> Constructor => Attention.Constructor;
    public override IReadOnlyList<SurfaceParameter> Properties => Attention.Properties;
    public override IReadOnlyList<LayerInput> Inputs => ["query", "key", "value"];

    public override Node Forward(LayerCall layer) => Attention.Of(layer, layer.Input(0), layer.Input(1), layer.Input(2));

    public override IReadOnlyList<Sample> Samples =>
    [
        new([2, 3, 8], [2, 5, 8], [2, 5, 8]) { Arguments = { ["heads"] = 2 } },
        new([3, 4, 6], [3, 4, 5], [3, 4, 7]) { Arguments = { ["heads"] = 3, ["Causal"] = true } },
    ];
}
