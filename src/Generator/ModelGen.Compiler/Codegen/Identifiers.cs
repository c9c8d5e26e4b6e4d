using System.Globalization;
using System.Text;

namespace ModelGen.Compiler.Codegen;

/// <summary>Distinct identifiers made of the user's names, in C# unless other keywords are given.</summary>
internal sealed class Identifiers(IEnumerable<string> reserved, IReadOnlyCollection<string>? keywords = null)
{
    readonly HashSet<string> taken = new(reserved, StringComparer.Ordinal);

    /// <summary>The name in camel case, numbered when it is taken: <c>conv1.weight</c> becomes <c>conv1Weight</c>.</summary>
    public string Unique(string name)
    {
        var stem = Camel(name);
        var candidate = (keywords ?? Dialect.CSharpKeywords).Contains(stem) ? stem + "Value" : stem;
        for (int i = 2; !taken.Add(candidate); i++)
            candidate = stem + (char.IsDigit(stem[stem.Length - 1]) ? "_" : "") + i.ToString(CultureInfo.InvariantCulture);
        return candidate;
    }

    public static string Camel(string name)
    {
        var text = new StringBuilder();
        bool upper = false;
        foreach (char c in name)
        {
            if (!char.IsLetterOrDigit(c)) { upper = text.Length > 0; continue; }
            text.Append(text.Length == 0 ? char.ToLowerInvariant(c) : upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }
        if (text.Length == 0) return "value";
        return char.IsDigit(text[0]) ? "_" + text : text.ToString();
    }

    public static string Pascal(string name)
    {
        var camel = Camel(name);
        return char.ToUpperInvariant(camel[0]) + camel.Substring(1);
    }
}
