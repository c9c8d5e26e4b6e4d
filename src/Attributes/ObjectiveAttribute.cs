namespace ModelGen;

/// <summary>
/// Marks a method that returns a scalar <c>Tensor</c> to be minimised. The generated <c>&lt;Name&gt;Step</c> does forward,
/// backward and update in one call. A method called <c>Loss</c> needs no attribute.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class ObjectiveAttribute : Attribute
{
    /// <summary>Names of the layer fields whose parameters this objective updates. Null: all of them.</summary>
    public string[]? Parameters { get; set; }
}
