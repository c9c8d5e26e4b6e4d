using System.Globalization;
using System.Text;

namespace ModelGen.Properties.Tests;

/// <summary>
/// The text of a drawn model with places that can be made wrong. A place is a pair of texts, the right one and one that breaks a shape whatever
/// the rest of the model is, and the statement in which the broken shape meets its rule.
/// </summary>
internal sealed class RandomModel(string name, int classes)
{
    const char Open = '\u0002', Close = '\u0003';

    readonly List<string> lines = [];
    readonly List<Site> sites = [];

    /// <param name="Right">What a valid model says.</param>
    /// <param name="Wrong">What breaks it.</param>
    /// <param name="Statement">The mark of the line where the rule is broken.</param>
    /// <param name="What">For messages.</param>
    public sealed record Site(string Right, string Wrong, string Statement, string What);

    public string Name => name;

    /// <summary>Labels are below this.</summary>
    public int Classes => classes;

    public IReadOnlyList<Site> Sites => sites;

    public void Line(string text) => lines.Add(text);

    /// <summary>Text with a place in it.</summary>
    public string Breakable(object right, object wrong, string statement, string what)
    {
        sites.Add(new Site(Text(right), Text(wrong), statement, what));
        return Open + Text(sites.Count - 1) + Close;
    }

    /// <summary>The source; with one place made wrong, or none.</summary>
    public string Source(Site? broken = null)
    {
        var source = new StringBuilder(string.Join("\n", lines));
        for (int i = sites.Count - 1; i >= 0; i--) source.Replace(Open + Text(i) + Close, sites[i] == broken ? sites[i].Wrong : sites[i].Right);
        return source.ToString();
    }

    /// <summary>The lines, from 0, where a diagnostic about this place may stand: its own, and that of the statement.</summary>
    public int[] Lines(Site site) =>
    [
        .. string.Join("\n", lines).Split('\n').Select((text, number) => (text, number))
            .Where(l => l.text.Contains(Open + Text(sites.IndexOf(site)) + Close, StringComparison.Ordinal) || l.text.Contains("// " + site.Statement + ".", StringComparison.Ordinal)).Select(l => l.number),
    ];

    static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
