using ModelGen.Compiler.Layers;

namespace ModelGen;

/// <summary>One eager application of a layer.</summary>
/// <param name="Definition">What it is.</param>
/// <param name="Weights">Where its weights are.</param>
/// <param name="Arguments">Those of the constructor, then the properties.</param>
/// <param name="Inputs">What it is applied to: each a <see cref="Tensor"/>, an <see cref="IntTensor"/>, or null for one that is left out.</param>
/// <param name="Method">Its method, when it is not Forward.</param>
/// <param name="Scope">The training scope it ran in; null for inference.</param>
internal sealed record LayerApplication(
    LayerDefinition Definition, LayerWeights Weights, object?[] Arguments, object?[] Inputs, string? Method, EagerMode.Scope? Scope);
