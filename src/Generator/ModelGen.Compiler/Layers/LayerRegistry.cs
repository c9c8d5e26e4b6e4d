namespace ModelGen.Compiler.Layers;

/// <summary>Every built-in layer, one line each.</summary>
internal static class LayerRegistry
{
    public static readonly IReadOnlyList<LayerDefinition> Definitions =
    [
        Linear.Definition,
        LoraLinear.Definition,
        Bilinear.Definition,
        Conv1d.Definition,
        Conv2d.Definition,
        SeparableConv2d.Definition,
        ConvTranspose2d.Definition,
        Conv3d.Definition,
        BatchNorm1d.Definition,
        BatchNorm2d.Definition,
        BatchNorm3d.Definition,
        LayerNorm.Definition,
        GroupNorm.Definition,
        InstanceNorm1d.Definition,
        InstanceNorm2d.Definition,
        Dropout2d.Definition,
        PRelu.Definition,
        Scale.Definition,
        Identity.Definition,
        RmsNorm.Definition,
        Dropout.Definition,
        AlphaDropout.Definition,
        Embedding.Definition,
        EmbeddingBag.Definition,
        PositionEmbedding.Definition,
        SelfAttention.Definition,
        MultiheadAttention.Definition,
        LinearAttention.Definition,
        TransformerEncoderLayer.Definition,
        TransformerDecoderLayer.Definition,
        SwiGlu.Definition,
        MixtureOfExperts.Definition,
        Lstm.Definition,
        Gru.Definition,
        Rnn.Definition,
        LstmCell.Definition,
        ConvLstmCell.Definition,
        GruCell.Definition,
        RnnCell.Definition,
    ];

    static readonly Dictionary<string, LayerDefinition> ByName = Definitions.ToDictionary(d => d.Name, StringComparer.Ordinal);

    public static LayerDefinition? Find(string name) => ByName.TryGetValue(name, out var definition) ? definition : null;
}
