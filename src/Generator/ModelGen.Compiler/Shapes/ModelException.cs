namespace ModelGen.Compiler.Shapes;

/// <summary>
/// A rule of an op, a layer or the language that a model breaks. It carries the rule's id and a full sentence which names both
/// shapes; whoever knows the place (capture: the expression; eager: the call) adds it.
/// </summary>
internal sealed class ModelException(string id, string message) : Exception(message)
{
    public string Id { get; } = id;
}
