using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using ModelGen.CodeFixes;
using ModelGen.Generator;
using ModelGen.Testing.Roslyn;

namespace ModelGen.Analyzers.Tests;

/// <summary>
/// Source with one span between [| and |] → exactly one diagnostic, there. Its fix, where it has one, is applied through a workspace; what
/// comes out must have no diagnostic and compile together with what is generated from it.
/// </summary>
internal static class AnalyzerHarness
{
    static readonly AdhocWorkspace Workspace = new();

    /// <summary>Splits marked source.</summary>
    public static (string Source, TextSpan Span) Parse(string marked)
    {
        int start = marked.IndexOf("[|", StringComparison.Ordinal), end = marked.IndexOf("|]", StringComparison.Ordinal) - 2;
        Assert.True(start >= 0 && end >= start, "The wrong expression stands between [| and |]:\n" + marked);
        return (marked.Remove(end + 2, 2).Remove(start, 2), TextSpan.FromBounds(start, end));
    }

    /// <summary>Checks the one diagnostic of marked source; returns the source after its fix, or null when it has none.</summary>
    public static async Task<string?> Check(string id, string message, string marked)
    {
        var (source, span) = Parse(marked);
        var document = Document(source);
        var all = GeneratorRun.Analyze((await document.Project.GetCompilationAsync())!);
        Assert.True(all.Length == 1, $"{all.Length} diagnostics instead of one {id}:\n{string.Join("\n", all)}\n{source}");
        var found = all[0];
        var at = found.Location.SourceSpan;
        Assert.True(found.Id == id && found.GetMessage().Contains(message, StringComparison.Ordinal) && at == span,
            $"expected {id} '{message}' at «{source.Substring(span.Start, span.Length)}»\nfound    {found.Id} '{found.GetMessage()}' at «{source.Substring(at.Start, at.Length)}»\n{source}");
        Assert.EndsWith($"docs/diagnostics/{id}.md", found.Descriptor.HelpLinkUri, StringComparison.Ordinal);
        var actions = await Actions(document, found);
        return actions.Count == 0 ? null : await Apply(Assert.Single(actions), document.Id);
    }

    /// <summary>The source after all fixes of one rule at once.</summary>
    public static async Task<string> FixAll(string source, string id)
    {
        var document = Document(source);
        var provider = new ModelCodeFixProvider();
        var context = new FixAllContext(document, provider, FixAllScope.Document, id, [id], new Diagnostics(), default);
        var action = await provider.GetFixAllProvider().GetFixAsync(context);
        Assert.NotNull(action);
        return await Apply(action, document.Id);
    }

    /// <summary>No diagnostic, and no error in the user's or the generated half.</summary>
    public static void IsClean(string source)
    {
        var compilation = TestCompilation.Of(source);
        var found = GeneratorRun.Analyze(compilation);
        Assert.True(found.Length == 0, $"{string.Join("\n", found)}\n{source}");
        var driver = CSharpGeneratorDriver.Create([new ModelGenerator().AsSourceGenerator()], parseOptions: TestCompilation.ParseOptions);
        driver.RunGeneratorsAndUpdateCompilation(compilation, out var output, out var problems);
        Assert.Empty(problems);
        var errors = output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ToArray();
        Assert.True(errors.Length == 0, $"{string.Join("\n", errors.Take(3).Select(e => e.ToString()))}\n{source}");
    }

    internal static Document Document(string source)
    {
        var template = TestCompilation.Of("");
        var project = Workspace.CurrentSolution.AddProject("Nets", "TestAssembly", LanguageNames.CSharp)
            .WithMetadataReferences(template.References).WithCompilationOptions(template.Options).WithParseOptions(TestCompilation.ParseOptions);
        project = project.AddDocument("Usings.cs", TestCompilation.Usings, filePath: "Usings.cs").Project;
        return project.AddDocument("Net0.cs", source, filePath: "Net0.cs");
    }

    static async Task<List<CodeAction>> Actions(Document document, Diagnostic diagnostic)
    {
        var actions = new List<CodeAction>();
        var provider = new ModelCodeFixProvider();
        if (!provider.FixableDiagnosticIds.Contains(diagnostic.Id))
        {
            Assert.DoesNotContain("FixTitle", diagnostic.Properties.Keys);
            return actions;
        }
        await provider.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), default));
        return actions;
    }

    static async Task<string> Apply(CodeAction action, DocumentId document)
    {
        var operations = await action.GetOperationsAsync(default);
        var solution = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
        return (await solution.GetDocument(document)!.GetTextAsync()).ToString();
    }

    sealed class Diagnostics : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            GeneratorRun.Analyze((await document.Project.GetCompilationAsync(cancellationToken))!).Where(d => d.Location.SourceTree?.FilePath == document.FilePath);

        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            GeneratorRun.Analyze((await project.GetCompilationAsync(cancellationToken))!);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>(ImmutableArray<Diagnostic>.Empty);
    }
}
