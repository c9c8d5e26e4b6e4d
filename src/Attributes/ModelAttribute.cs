namespace ModelGen;

/// <summary>The element type of a model: its inputs, weights and activations.</summary>
public enum Precision
{
    /// <summary>32-bit IEEE 754 (C# <c>float</c>). The default.</summary>
    Float32,

    /// <summary>64-bit IEEE 754 (C# <c>double</c>), for scientific models.</summary>
    Float64,
}

/// <summary>What the factors of a model's products, and what the backward pass reads again, are stored in.</summary>
public enum StorageFormat
{
    /// <summary>The model's precision: nothing is rounded. The default.</summary>
    Precision,

    /// <summary>bfloat16, the upper half of a float32: its range, with 8 significant bits.</summary>
    BFloat16,

    /// <summary>16-bit IEEE 754 (C# <c>Half</c>): 11 significant bits, and nothing above 65504. Small gradients need loss scaling.</summary>
    Float16,
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

    /// <summary>
    /// Mixed precision, as torch.autocast has it: the factors of matrix products, convolutions and attention are rounded to 16 bits, and so is what the backward
    /// pass reads again; sums, norms, losses, the weights themselves and their optimizer stay in <see cref="Precision"/>, which must be
    /// <see cref="Precision.Float32"/>. Default: nothing is rounded.
    /// </summary>
    public StorageFormat Storage { get; set; } = StorageFormat.Precision;
}
