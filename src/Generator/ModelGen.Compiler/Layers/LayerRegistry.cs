namespace ModelGen.Compiler.Layers;

/// <summary>Every built-in layer, one line each.</summary>
internal static class LayerRegistry
{
    public static readonly IReadOnlyList<LayerDefinition> Definitions =
    [
        Linear.Definition,
        Conv2d.Definition,
        BatchNorm2d.Definition,
        LayerNorm.Definition,
        RmsNorm.Definition,
        Dropout.Definition,
        Embedding.Definition,
        PositionEmbedding.Definition,
        SelfAttention.Definition,
        MultiheadAttention.Definition,
        Lstm.Definition,
        Gru.Definition,
        Rnn.Definition,
    ];

    static readonly Dictionary<string, LayerDefinition> ByName = Definitions.ToDictionary(d => d.Name, StringComparer.Ordinal);

    public static LayerDefinition? Find(string name) => ByName.TryGetValue(name, out var definition) ? definition : null;
}
