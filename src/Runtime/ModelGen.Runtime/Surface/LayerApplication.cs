using ModelGen.Compiler.Layers;

namespace ModelGen;

/// <summary>One eager application of a layer.</summary>
/// <param name="Definition">What it is.</param>
/// <param name="Weights">Where its weights are.</param>
/// <param name="Arguments">Those of the constructor, then the properties.</param>
/// <param name="Tensors">What it is applied to.</param>
/// <param name="Index">What it is applied to, where that is indices.</param>
/// <param name="Method">Its method, when it is not Forward.</param>
/// <param name="Scope">The training scope it ran in; null for inference.</param>
internal sealed record LayerApplication(
    LayerDefinition Definition, LayerWeights Weights, object?[] Arguments, Tensor[] Tensors, IntTensor? Index, string? Method, EagerMode.Scope? Scope);
