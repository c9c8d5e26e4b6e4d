using System.Text;

namespace ModelGen.Compiler.Scheduling;

/// <summary>Names that say what a kernel fuses: <c>Conv2dAddRelu</c>, <c>LogSoftmaxSum</c>.</summary>
internal static class KernelNames
{
    const int MaxParts = 5;

    public static string For(IEnumerable<Node> nodes)
    {
        var parts = new List<string>();
        foreach (var node in nodes)
        {
            var part = Pascal(node.Origin ?? node.Op.Name);
            if (parts.Count == 0 || parts[parts.Count - 1] != part) parts.Add(part);
        }
        var distinct = parts.Distinct().ToList();
        return distinct.Count <= MaxParts
            ? string.Concat(distinct)
            : string.Concat(distinct.Take(MaxParts - 1)) + distinct[distinct.Count - 1];
    }

    static string Pascal(string name)
    {
        var text = new StringBuilder();
        bool upper = true;
        foreach (char c in name)
        {
            if (!char.IsLetterOrDigit(c)) { upper = true; continue; }
            text.Append(upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }
        return text.ToString();
    }
}
