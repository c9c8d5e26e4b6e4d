namespace ModelGen;

/// <summary>
/// The shape of a tensor parameter: sizes (<c>784</c>) and named symbols (<c>"N"</c>). Equal names are equal sizes.
/// <c>[Shape("N", 1, 28, 28)]</c> is a batch of 28x28 images with one channel.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue, Inherited = false)]
public sealed class ShapeAttribute(params object[] dimensions) : Attribute
{
    /// <summary>The dimensions, outermost first: each an <see cref="int"/> of at least 1 or the name of a symbol.</summary>
    public object[] Dimensions { get; } = dimensions;
}
