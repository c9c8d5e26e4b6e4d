namespace ModelGen;

/// <summary>
/// On a class: a reusable composite layer (a residual block, a transformer block); the class also writes <c>: ILayer</c>.
/// On a field: options of that one layer.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, Inherited = false)]
public sealed class LayerAttribute : Attribute
{
    /// <summary>The name of the layer in <c>Parameters</c> and in files, in place of the field's name.</summary>
    public string? Name { get; set; }

    /// <summary>True when training must leave this layer's parameters as they are.</summary>
    public bool Frozen { get; set; }

    /// <summary>
    /// True when the backward pass must compute this layer's activations again instead of keeping them: less memory, about a third more time. Worth it on
    /// composite layers, such as the blocks of a deep network; what a layer passes on is kept in any case.
    /// </summary>
    public bool Recompute { get; set; }
}
