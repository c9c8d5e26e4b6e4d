namespace ModelGen.Compiler.Shapes;

/// <summary>
/// A rule of an op, a layer or the language that a model breaks. It carries the rule's id and a full sentence which names both
/// shapes; whoever knows the place (capture: the expression; eager: the call) adds it.
/// </summary>
internal sealed class ModelException(string id, string message) : Exception(message)
{
    public string Id { get; } = id;

    /// <summary>The parameter whose value is wrong, where it is one value's fault.</summary>
    public string? Argument { get; init; }

    /// <summary>Which value of that argument, where it has several (<c>params</c>); -1 for all.</summary>
    public int Element { get; init; } = -1;

    /// <summary>The node whose gradient rule was asked for what it does not have, where that is the mistake.</summary>
    public Ir.Node? Node { get; set; }

    /// <summary>The change that would make the rule hold, where it is computable.</summary>
    public Repair? Repair { get; init; }
}
