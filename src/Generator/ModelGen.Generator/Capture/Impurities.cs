namespace ModelGen.Generator.Capture;

/// <summary>Calls whose result differs from run to run: a model must not depend on when it was compiled.</summary>
internal static class Impurities
{
    static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["System.Random"] = "'Random' would be drawn once, when the program is compiled; use Dropout, or pass the noise in as a parameter.",
        ["System.DateTime"] = "The time is that of the compilation here; pass it in as a parameter.",
        ["System.DateTimeOffset"] = "The time is that of the compilation here; pass it in as a parameter.",
        ["System.Diagnostics.Stopwatch"] = "Time cannot be measured inside a compiled method; measure around the call.",
        ["System.Environment"] = "The environment is that of the compilation here; pass the value in as a parameter or a constant.",
        ["System.Guid"] = "A Guid would be made once, when the program is compiled; pass it in.",
        ["System.IO.File"] = "A compiled method cannot read files; load the data outside and pass it in.",
    };

    /// <summary>Why the member cannot be used; null when nothing is known against it.</summary>
    public static string? Reason(ISymbol member) =>
        member.ContainingType is { } type && Types.TryGetValue(type.ContainingNamespace?.ToDisplayString() + "." + type.Name, out var reason) ? reason : null;
}
