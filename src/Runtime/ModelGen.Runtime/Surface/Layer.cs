using ModelGen.Compiler.Layers;

namespace ModelGen;

/// <summary>
/// A built-in layer. In a model it is a declaration: the compiler reads its arguments. Run eagerly, it computes with the weights of the model it
/// belongs to; a layer without a model draws weights of its own, with seed 0, when it is first applied.
/// </summary>
public abstract class Layer
{
    readonly LayerWeights weights = new();

    private protected Layer() { }

    internal void Bind(ParameterSet parameters, string path) => weights.Bind(parameters, path);

    // Called with the definition, not through a virtual property: a program that never runs eagerly then contains no definition.
    private protected Tensor Run(LayerDefinition definition, ReadOnlySpan<object?> arguments, params ReadOnlySpan<object?> inputs) =>
        Eager.Apply(definition, weights, arguments, inputs)[0];

    // A method other than Forward.
    private protected Tensor Run(LayerDefinition definition, string method, ReadOnlySpan<object?> arguments, params ReadOnlySpan<object?> inputs) =>
        Eager.Apply(definition, weights, arguments, inputs, method)[0];

    // Several results; method null is Forward.
    private protected Tensor[] RunAll(LayerDefinition definition, string? method, ReadOnlySpan<object?> arguments, params ReadOnlySpan<object?> inputs) =>
        Eager.Apply(definition, weights, arguments, inputs, method);
}
