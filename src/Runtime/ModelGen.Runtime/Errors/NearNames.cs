namespace ModelGen.Execution;

/// <summary>Names that a misspelled one may have meant, for messages.</summary>
internal static class NearNames
{
    /// <summary>A sentence part: <c>Did you mean 'a' or 'b'?</c>, or the list of all names where none is near.</summary>
    public static string Suggest(string wanted, IReadOnlyCollection<string> names, string plural)
    {
        if (names.Count == 0) return $"There are no {plural}.";
        var near = names.Select(n => (Name: n, Distance: Distance(wanted, n)))
            .Where(c => c.Distance <= Math.Max(2, wanted.Length / 3)).OrderBy(c => c.Distance).ThenBy(c => c.Name, StringComparer.Ordinal)
            .Take(3).Select(c => $"'{c.Name}'").ToArray();
        if (near.Length > 0) return $"Did you mean {string.Join(" or ", near)}?";
        const int shown = 12;
        string list = string.Join(", ", names.Take(shown).Select(n => $"'{n}'"));
        return $"The {plural} are {list}{(names.Count > shown ? $" and {names.Count - shown} more" : "")}.";
    }

    // Levenshtein, ignoring case.
    static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[b.Length];
    }
}
