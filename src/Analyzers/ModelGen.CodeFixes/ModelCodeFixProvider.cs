using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Rename;
using Microsoft.CodeAnalysis.Text;
using ModelGen.Analyzers;
using ModelGen.Compiler.Shapes;
using ModelGen.Generator.Capture;

namespace ModelGen.CodeFixes;

/// <summary>Applies the repair that the analysis computed: a changed number, an inserted call, a renamed member, a project option.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ModelCodeFixProvider)), Shared]
public sealed class ModelCodeFixProvider : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
    [
        Rules.NotPartial, Rules.ClassKind, Rules.MissingInterface, Rules.UnsafeBlocks, Rules.ShapeAttribute, Rules.EntrySignature, Rules.UpdatedLayers, Rules.ReservedMember, Rules.Storage,
        Rules.FeatureCount, Rules.MatMulSizes, Rules.Reshape, Rules.Axis, Rules.Window, Rules.Concat, Rules.Index, Rules.Labels, Rules.Groups, Rules.Argument, Rules.SameShape,
        Rules.DeclaredResult, Rules.ScalarLoss, Rules.UnusedLayer, Rules.TensorDecision,
    ];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            if (FixData.Read(diagnostic) is not { } fix) continue;
            var solution = context.Document.Project.Solution;
            // The edit may lie in another file than the diagnostic: a layer is declared where it is not applied.
            var document = fix.At.SourceTree is { } tree ? solution.GetDocument(tree) ?? solution.GetDocumentIdsWithFilePath(tree.FilePath).Select(solution.GetDocument).FirstOrDefault() : context.Document;
            if (document is null) continue;
            context.RegisterCodeFix(CodeAction.Create(fix.Title, cancellation => Apply(document, fix, cancellation), equivalenceKey: diagnostic.Id), diagnostic);
        }
        return Task.CompletedTask;
    }

    static Task<Solution> Apply(Document document, Fix fix, CancellationToken cancellation) => fix.Kind switch
    {
        FixKind.Rename => Rename(document, fix, cancellation),
        FixKind.AllowUnsafe => Task.FromResult(AllowUnsafe(document.Project)),
        _ => Edit(document, fix, cancellation),
    };

    static async Task<Solution> Edit(Document document, Fix fix, CancellationToken cancellation)
    {
        var text = await document.GetTextAsync(cancellation).ConfigureAwait(false);
        return document.WithText(text.WithChanges(new TextChange(fix.At.SourceSpan, fix.Text))).Project.Solution;
    }

    static async Task<Solution> Rename(Document document, Fix fix, CancellationToken cancellation)
    {
        var solution = document.Project.Solution;
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        var declaration = root?.FindNode(fix.At.SourceSpan);
        return declaration is null || model?.GetDeclaredSymbol(declaration, cancellation) is not { } member
            ? solution
            : await Renamer.RenameSymbolAsync(solution, member, default, fix.Text, cancellation).ConfigureAwait(false);
    }

    static Solution AllowUnsafe(Project project) => project.CompilationOptions is CSharpCompilationOptions options
        ? project.Solution.WithProjectCompilationOptions(project.Id, options.WithAllowUnsafe(true))
        : project.Solution;
}
