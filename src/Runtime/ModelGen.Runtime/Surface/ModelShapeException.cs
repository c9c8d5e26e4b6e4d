using ModelGen.Compiler.Shapes;

namespace ModelGen;

/// <summary>An op or a layer was given shapes or arguments that do not fit. The message names what was expected and what was given.</summary>
public sealed class ModelShapeException : ArgumentException
{
    internal ModelShapeException(ModelException broken) : base($"{broken.Message} ({broken.Id})", broken) => Id = broken.Id;

    /// <summary>The rule that was broken, as the analyzers name it: <c>MG0102</c>. Its page is docs/diagnostics.</summary>
    public string Id { get; }
}
