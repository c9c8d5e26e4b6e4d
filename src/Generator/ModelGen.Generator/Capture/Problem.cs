using Microsoft.CodeAnalysis.Text;

namespace ModelGen.Generator.Capture;

/// <summary>How a <see cref="Fix"/> is applied.</summary>
internal enum FixKind
{
    /// <summary>The text at <see cref="Fix.At"/> is replaced.</summary>
    Edit,

    /// <summary>The member declared at <see cref="Fix.At"/> is renamed everywhere.</summary>
    Rename,

    /// <summary>The project allows unsafe code.</summary>
    AllowUnsafe,
}

/// <summary>The computed repair of a problem.</summary>
/// <param name="Title">What it does, as a menu shows it.</param>
/// <param name="At">The text to be replaced; empty where something is inserted.</param>
/// <param name="Text">The new text.</param>
/// <param name="Kind">How it is applied.</param>
internal sealed record Fix(string Title, Location At, string Text, FixKind Kind = FixKind.Edit)
{
    public static Fix Insert(string title, SyntaxTree tree, int position, string text) => new(title, Location.Create(tree, new TextSpan(position, 0)), text);

    public static Fix Replace(string title, SyntaxNode node, string text) => new(title, node.GetLocation(), text);

    /// <summary>Removes a token and the space behind it.</summary>
    public static Fix Remove(string title, SyntaxToken token) => new(title, Location.Create(token.SyntaxTree!, TextSpan.FromBounds(token.SpanStart, token.FullSpan.End)), "");
}

/// <summary>A broken rule at an expression. <see cref="CallSites"/> leads from there outwards to the model's own method.</summary>
internal sealed class Problem(string id, string message, Location place, IReadOnlyList<Location> callSites, Fix? fix)
{
    public string Id { get; } = id;
    public string Message { get; } = message;
    public Location Place { get; } = place;
    public IReadOnlyList<Location> CallSites { get; } = callSites;

    /// <summary>The repair, where the right answer is computable.</summary>
    public Fix? Fix { get; } = fix;
}

/// <summary>The problems of one capture: one for each place and rule, however often the place was reached.</summary>
internal sealed class ProblemList
{
    readonly List<Problem> problems = [];
    readonly HashSet<(string Id, Location Place)> seen = [];

    public IReadOnlyList<Problem> Problems => problems;

    /// <summary>How often a problem was met, counting those already listed.</summary>
    public int Count { get; private set; }

    public void Add(string id, string message, Location place, IEnumerable<Location>? callSites = null, Fix? fix = null)
    {
        Count++;
        if (seen.Add((id, place))) problems.Add(new Problem(id, message, place, (callSites ?? []).ToArray(), fix));
    }
}

/// <summary>The inferred shape of a local variable; several shapes where a loop or an inlined method gives it several.</summary>
internal sealed record ShapeHint(string Name, Location Place, string Shapes);

/// <summary>What capture found: a spec; or problems; or neither, while the source has errors of the compiler's own.</summary>
/// <param name="Spec">The model, when nothing is wrong.</param>
/// <param name="Problems">The broken rules.</param>
/// <param name="IsInvalid">True when the compiler itself complains about the code: only the declaration is judged, and nothing is generated.</param>
internal sealed record CaptureResult(ModelSpec? Spec, IReadOnlyList<Problem> Problems, bool IsInvalid)
{
    /// <summary>What is suspicious in a model that compiles.</summary>
    public IReadOnlyList<Problem> Advice { get; init; } = [];

    /// <summary>The shapes of the locals that hold tensors.</summary>
    public IReadOnlyList<ShapeHint> Shapes { get; init; } = [];
}
