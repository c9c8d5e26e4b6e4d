using System.Globalization;
using System.Text;

namespace ModelGen.Compiler.Codegen;

/// <summary>Distinct C# identifiers made of the user's names.</summary>
internal sealed class Identifiers(IEnumerable<string> reserved)
{
    // Contextual keywords are harmless; these are not.
    static readonly HashSet<string> Keywords = new(StringComparer.Ordinal)
    {
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default",
        "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto",
        "if", "implicit", "in", "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out",
        "override", "params", "private", "protected", "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc",
        "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using",
        "virtual", "void", "volatile", "while",
    };

    readonly HashSet<string> taken = new(reserved, StringComparer.Ordinal);

    /// <summary>The name in camel case, numbered when it is taken: <c>conv1.weight</c> becomes <c>conv1Weight</c>.</summary>
    public string Unique(string name)
    {
        var stem = Camel(name);
        var candidate = Keywords.Contains(stem) ? stem + "Value" : stem;
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
