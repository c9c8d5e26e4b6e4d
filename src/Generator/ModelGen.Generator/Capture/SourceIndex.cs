using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.CSharp;

namespace ModelGen.Generator.Capture;

/// <summary>
/// Finds the declarations and bound bodies that capture interprets; each is bound once. Every tree whose text is read is marked,
/// so that <see cref="SameForCapture"/> knows what a change can touch.
/// </summary>
internal sealed class SourceIndex(Compilation compilation, CancellationToken cancellation)
{
    static readonly ConditionalWeakTable<SyntaxTree, object> VisitedTrees = new();
    static readonly object Mark = new();

    readonly Dictionary<SyntaxTree, SemanticModel> models = [];
    readonly Dictionary<SyntaxNode, IOperation?> operations = [];

    public Compilation Compilation { get; } = compilation;
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>True once a body with an error of the compiler's own was met.</summary>
    public bool IsInvalid { get; set; }

    public static bool WasVisited(SyntaxTree tree) => VisitedTrees.TryGetValue(tree, out _);

    /// <summary>The symbol's declarations in this compilation. None for metadata, and none for a referenced project's sources.</summary>
    public IEnumerable<SyntaxNode> Declarations(ISymbol symbol)
    {
        foreach (var reference in symbol.DeclaringSyntaxReferences)
        {
            if (!IsSource(reference.SyntaxTree)) continue;
            VisitedTrees.GetValue(reference.SyntaxTree, _ => Mark);
            yield return reference.GetSyntax(Cancellation);
        }
    }

    public bool HasSource(ISymbol symbol) => symbol.DeclaringSyntaxReferences.Any(r => IsSource(r.SyntaxTree));

    /// <summary>True for what ModelGen itself generated. Analyzers see it, the generator does not; capture must not, to say the same in both.</summary>
    public static bool IsGenerated(ISymbol symbol) => symbol.DeclaringSyntaxReferences.Length > 0 && symbol.DeclaringSyntaxReferences.All(r => IsGenerated(r.SyntaxTree));

    // The compiler puts generated files into a folder that is named after the generator.
    static bool IsGenerated(SyntaxTree tree) => tree.FilePath.Contains(typeof(ModelGenerator).FullName);

    bool IsSource(SyntaxTree tree) => Compilation.ContainsSyntaxTree(tree) && !IsGenerated(tree);

    /// <summary>The bound tree of a body, initialiser or base list entry.</summary>
    public IOperation? Operation(SyntaxNode node)
    {
        if (operations.TryGetValue(node, out var known)) return known;
        Cancellation.ThrowIfCancellationRequested();
        if (node.ContainsDiagnostics && node.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error)) IsInvalid = true;
        return operations[node] = Model(node.SyntaxTree).GetOperation(node, Cancellation);
    }

    public SemanticModel Model(SyntaxTree tree)
    {
        if (models.TryGetValue(tree, out var model)) return model;
        VisitedTrees.GetValue(tree, _ => Mark);
        return models[tree] = Compilation.GetSemanticModel(tree);
    }

    readonly HashSet<SyntaxNode> watched = [];

    /// <summary>Counts every part of a type as read.</summary>
    public void Watch(INamedTypeSymbol type) => watched.UnionWith(Declarations(type));

    /// <summary>True when the compiler reports an error in any body or type that was read. Costs a full analysis of them.</summary>
    public bool HasCompilerErrors() => IsInvalid || watched.Concat(operations.Keys).Any(node =>
        Model(node.SyntaxTree).GetDiagnostics(node.Span, Cancellation).Any(d => d.Severity == DiagnosticSeverity.Error));
}
