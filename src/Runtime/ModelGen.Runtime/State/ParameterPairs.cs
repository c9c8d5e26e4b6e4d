namespace ModelGen.Execution;

/// <summary>Which tensors of two sets are counterparts: those with the same name below the two given ones.</summary>
internal static class ParameterPairs
{
    /// <exception cref="ArgumentException">A tensor has no counterpart of the same shape, on either side.</exception>
    public static IReadOnlyList<(ParameterLayout From, ParameterLayout To)> Match(ParameterSet source, string from, ParameterSet target, string to)
    {
        string sourceName = Place(source, from), targetName = Place(target, to);
        var pairs = new List<(ParameterLayout From, ParameterLayout To)>();
        foreach (var own in target)
        {
            if (Rest(own.Name, to) is not { } rest) continue;
            string name = from.Length == 0 ? rest : from + "." + rest;
            if (!source.TryGet(name, out var given)) throw new ArgumentException(
                $"'{own.Name}' of {targetName} has no counterpart '{name}' in {sourceName}. {NearNames.Suggest(name, [.. source.Select(p => p.Name)], "parameters")}", nameof(source));
            if (!given.Shape.SequenceEqual(own.Shape)) throw new ArgumentException($"'{own}' of {targetName} cannot take the values of '{given}' of {sourceName}: the shapes differ.", nameof(source));
            pairs.Add((given.Layout, own.Layout));
        }
        if (pairs.Count == 0) throw new ArgumentException($"{target.State.ModelName} has no parameters below '{to}'. {NearNames.Suggest(to, [.. target.Select(p => p.Name)], "parameters")}", nameof(to));
        foreach (var given in source)
            if (Rest(given.Name, from) is { } rest && !target.TryGet(to.Length == 0 ? rest : to + "." + rest, out _)) throw new ArgumentException(
                $"'{given.Name}' of {sourceName} has no counterpart '{(to.Length == 0 ? rest : to + "." + rest)}' in {targetName}; name the part that both have in common with 'from' and 'to'.", nameof(source));
        return pairs;
    }

    static string Place(ParameterSet set, string below) => below.Length == 0 ? set.State.ModelName : $"{set.State.ModelName} ('{below}')";

    // What follows the name and its dot.
    static string? Rest(string name, string below) => below.Length == 0 ? name
        : name.Length > below.Length + 1 && name[below.Length] == '.' && name.StartsWith(below, StringComparison.Ordinal) ? name[(below.Length + 1)..] : null;
}
