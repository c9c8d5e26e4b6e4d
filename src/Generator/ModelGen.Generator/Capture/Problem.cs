namespace ModelGen.Generator.Capture;

/// <summary>A broken rule at an expression. <see cref="CallSites"/> leads from there outwards to the model's own method.</summary>
internal sealed class Problem(string id, string message, Location place, IReadOnlyList<Location> callSites)
{
    public string Id { get; } = id;
    public string Message { get; } = message;
    public Location Place { get; } = place;
    public IReadOnlyList<Location> CallSites { get; } = callSites;
}

/// <summary>The problems of one capture: one for each place and rule, however often the place was reached.</summary>
internal sealed class ProblemList
{
    readonly List<Problem> problems = [];
    readonly HashSet<(string Id, Location Place)> seen = [];

    public IReadOnlyList<Problem> Problems => problems;

    /// <summary>How often a problem was met, counting those already listed.</summary>
    public int Count { get; private set; }

    public void Add(string id, string message, Location place, IEnumerable<Location>? callSites = null)
    {
        Count++;
        if (seen.Add((id, place))) problems.Add(new Problem(id, message, place, (callSites ?? []).ToArray()));
    }
}

/// <summary>What capture found: a spec; or problems; or neither, while the source has errors of the compiler's own.</summary>
/// <param name="Spec">The model, when nothing is wrong.</param>
/// <param name="Problems">The broken rules.</param>
/// <param name="IsInvalid">True when the compiler itself complains about the code: only the declaration is judged, and nothing is generated.</param>
internal sealed record CaptureResult(ModelSpec? Spec, IReadOnlyList<Problem> Problems, bool IsInvalid);
