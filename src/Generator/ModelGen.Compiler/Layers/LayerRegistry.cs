namespace ModelGen.Compiler.Layers;

/// <summary>Every built-in layer, one line each.</summary>
internal static class LayerRegistry
{
    public static readonly IReadOnlyList<LayerDefinition> Definitions =
    [
        Linear.Definition,
        Bilinear.Definition,
        Conv1d.Definition,
        Conv2d.Definition,
        ConvTranspose2d.Definition,
        BatchNorm1d.Definition,
        BatchNorm2d.Definition,
        LayerNorm.Definition,
        GroupNorm.Definition,
        InstanceNorm2d.Definition,
        Dropout2d.Definition,
        PRelu.Definition,
        Scale.Definition,
        Identity.Definition,
        RmsNorm.Definition,
        Dropout.Definition,
        Embedding.Definition,
        PositionEmbedding.Definition,
        SelfAttention.Definition,
        MultiheadAttention.Definition,
        TransformerEncoderLayer.Definition,
        TransformerDecoderLayer.Definition,
        SwiGlu.Definition,
        MixtureOfExperts.Definition,
        Lstm.Definition,
        Gru.Definition,
        Rnn.Definition,
        LstmCell.Definition,
        GruCell.Definition,
        RnnCell.Definition,
    ];

    static readonly Dictionary<string, LayerDefinition> ByName = Definitions.ToDictionary(d => d.Name, StringComparer.Ordinal);

    public static LayerDefinition? Find(string name) => ByName.TryGetValue(name, out var definition) ? definition : null;
}
