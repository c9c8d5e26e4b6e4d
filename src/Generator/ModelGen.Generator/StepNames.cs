namespace ModelGen.Generator;

/// <summary>The tracked steps of the pipeline, for tests.</summary>
internal static class StepNames
{
    public const string ModelSpecs = "ModelSpecs";
    public const string Sources = "Sources";
    public const string LayerSpecs = "LayerSpecs";
    public const string LayerSources = "LayerSources";
}
