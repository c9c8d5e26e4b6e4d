using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using ModelGen.Generator.Capture;

namespace ModelGen.Analyzers;

/// <summary>
/// A <see cref="Fix"/> inside a diagnostic: its text in the properties, its place among the additional locations. So the code fix
/// does what the analysis computed, and computes nothing of its own.
/// </summary>
internal static class FixData
{
    const string Title = "FixTitle", Text = "FixText", Kind = "FixKind", Place = "FixPlace";

    /// <param name="fix">The repair.</param>
    /// <param name="place">The index of its place among the additional locations.</param>
    public static ImmutableDictionary<string, string?> Write(Fix fix, int place) => ImmutableDictionary<string, string?>.Empty
        .Add(Title, fix.Title).Add(Text, fix.Text).Add(Kind, fix.Kind.ToString()).Add(Place, place.ToString(CultureInfo.InvariantCulture));

    /// <summary>The repair of a diagnostic; null when it has none.</summary>
    public static Fix? Read(Diagnostic diagnostic)
    {
        var properties = diagnostic.Properties;
        if (!properties.TryGetValue(Title, out var title) || !properties.TryGetValue(Text, out var text) || !properties.TryGetValue(Kind, out var kind) || !properties.TryGetValue(Place, out var place)) return null;
        if (title is null || text is null || !int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index >= diagnostic.AdditionalLocations.Count) return null;
        return Enum.TryParse<FixKind>(kind, out var known) ? new Fix(title, diagnostic.AdditionalLocations[index], text, known) : null;
    }
}
