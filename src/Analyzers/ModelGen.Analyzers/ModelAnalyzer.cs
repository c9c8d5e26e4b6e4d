using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using ModelGen.Generator.Capture;
using ModelGen.Generator.Stubs;

namespace ModelGen.Analyzers;

/// <summary>Reports what is wrong with [Model] and [Layer] classes: the problems of the same capture that the generator runs.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ModelAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. Catalogue.Rules];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(KnownTypes.ModelAttribute) is null) return;
            start.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
        });
    }

    static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.Attribute(KnownTypes.ModelAttribute) is not null)
        {
            var result = CaptureCache.Of(context.Compilation, type, context.CancellationToken);
            foreach (var problem in result.Problems.Concat(result.Advice)) context.ReportDiagnostic(Diagnose(problem, type));
            foreach (var hint in result.Shapes) context.ReportDiagnostic(Diagnostic.Create(Catalogue.Find(Compiler.Shapes.Rules.ShapeHint), hint.Place, $"'{hint.Name}' is {hint.Shapes}."));
            if (result.Spec is not null && context.Compilation.Options.OptimizationLevel == OptimizationLevel.Debug) context.ReportDiagnostic(Diagnostic.Create(
                Catalogue.Find(Compiler.Shapes.Rules.DebugBuild), DeclarationRules.Place(type),
                $"'{type.Name}' is compiled in a Debug build: its fused kernels are generated into this project and run many times slower than in Release; measure and train with -c Release."));
            if (result.Spec is not null && type.GetMembers(StubWriter.FaultField) is [IFieldSymbol { ConstantValue: string fault }])
                context.ReportDiagnostic(Diagnostic.Create(Catalogue.Find(Compiler.Shapes.Rules.Internal), DeclarationRules.Place(type), $"ModelGen failed to compile '{type.Name}': {fault}. Please report this with the model."));
        }
        if (type.Attribute(KnownTypes.LayerAttribute) is not null)
        {
            var problems = new ProblemList();
            DeclarationRules.CheckLayer(type, problems, context.CancellationToken);
            foreach (var problem in problems.Problems) context.ReportDiagnostic(Diagnose(problem, type));
        }
    }

    /// <summary>
    /// An open file shows only the diagnostics that its own types report. So a problem inside a layer in another file is reported at
    /// the innermost call that stands in the model's files, and points to the expression itself.
    /// </summary>
    static Diagnostic Diagnose(Problem problem, INamedTypeSymbol model)
    {
        var trees = model.Locations.Select(l => l.SourceTree).ToImmutableHashSet();
        var rule = Catalogue.Find(problem.Id);
        var message = rule.Id == problem.Id ? problem.Message : $"{problem.Id}: {problem.Message}";
        var place = problem.CallSites.Prepend(problem.Place).FirstOrDefault(l => trees.Contains(l.SourceTree)) ?? problem.Place;
        bool isInner = !ReferenceEquals(place, problem.Place);
        var others = isInner ? [problem.Place] : problem.CallSites.ToList();
        var properties = ImmutableDictionary<string, string?>.Empty;
        if (problem.Fix is { } fix)
        {
            properties = FixData.Write(fix, others.Count);
            others.Add(fix.At);
        }
        return Diagnostic.Create(rule, place, others, properties, isInner ? $"{message} (in {Describe(problem.Place)})" : message);
    }

    static string Describe(Location place)
    {
        if (place.SourceTree is not { } tree) return "a referenced assembly";
        var text = tree.GetText();
        var line = place.GetLineSpan().StartLinePosition.Line;
        // A number alone says little: InFeatures = 5.
        var span = tree.GetRoot().FindNode(place.SourceSpan) is ExpressionSyntax { Parent: AssignmentExpressionSyntax assignment } ? assignment.Span : place.SourceSpan;
        var code = text.ToString(TextSpan.FromBounds(span.Start, Math.Min(span.End, text.Lines[line].End)));
        return $"{System.IO.Path.GetFileName(tree.FilePath)}, line {(line + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)}: {code}";
    }
}
