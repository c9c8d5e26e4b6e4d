using System.Reflection;
using System.Text.RegularExpressions;
using ModelGen.Analyzers;
using ModelGen.Compiler.Shapes;
using ModelGen.Testing;

namespace ModelGen.Generator.Tests;

/// <summary>Every rule has an id, a row in the catalogue, a line in the release file and a page.</summary>
public class CatalogueTests
{
    static string[] Ids => [.. typeof(Rules).GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_id_is_in_the_catalogue_once() => Assert.Equal(Ids, Catalogue.Rules.Select(r => r.Id).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_rule_is_in_the_release_file()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "src/Analyzers/ModelGen.Analyzers/AnalyzerReleases.Unshipped.md"))
            .Concat(File.ReadAllLines(Path.Combine(Repository.Root, "src/Analyzers/ModelGen.Analyzers/AnalyzerReleases.Shipped.md"))).Where(l => l.StartsWith("MG", StringComparison.Ordinal));
        Assert.Equal(Catalogue.Rules.OrderBy(r => r.Id, StringComparer.Ordinal).Select(r => $"{r.Id} | {r.Category} | {(r.IsEnabledByDefault ? r.DefaultSeverity.ToString() : "Disabled")} | {r.Title}"), lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_rule_has_a_page_with_a_bad_and_a_good_example()
    {
        var folder = Path.Combine(Repository.Root, "docs", "diagnostics");
        Assert.Equal(Ids, Directory.GetFiles(folder, "MG*.md").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
        foreach (var rule in Catalogue.Rules)
        {
            var page = File.ReadAllText(Path.Combine(folder, rule.Id + ".md"));
            Assert.StartsWith($"# {rule.Id}: {rule.Title}\n", page, StringComparison.Ordinal);
            if (rule.Id != Rules.Internal) Assert.True(Regex.Count(page, "^```csharp$|^```xml$", RegexOptions.Multiline) >= 2, rule.Id);
        }
    }
}
