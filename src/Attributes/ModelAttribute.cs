namespace ModelGen;

/// <summary>The element type of a model: its inputs, weights and activations.</summary>
public enum Precision
{
    /// <summary>32-bit IEEE 754 (C# <c>float</c>). The default.</summary>
    Float32,

    /// <summary>64-bit IEEE 754 (C# <c>double</c>), for scientific models.</summary>
    Float64,
}

/// <summary>
/// Marks a partial class as a network to compile. The class declares its layers as fields and says in an ordinary method
/// <c>Tensor Forward(...)</c> how they are connected; a method <c>Tensor Loss(...)</c> makes it trainable.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ModelAttribute : Attribute
{
    /// <summary>The element type of everything in the model. Default: <see cref="Precision.Float32"/>.</summary>
    public Precision Precision { get; set; } = Precision.Float32;
}
