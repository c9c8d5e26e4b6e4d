using Microsoft.CodeAnalysis.CSharp.Syntax;
using ModelGen.Compiler;
using ModelGen.Generator.Capture;
using ModelGen.Generator.Stubs;

namespace ModelGen.Generator;

/// <summary>
/// [Model] class → spec → text. The spec and the text are values, so nothing is computed twice and no symbol outlives a run. The analyzers
/// report what is wrong with a model; the generator then emits a stub and stays silent.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ModelGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var names = context.SyntaxProvider.ForAttributeWithMetadataName(KnownTypes.ModelAttribute, static (node, _) => node is TypeDeclarationSyntax, static (x, _) => MetadataName(x.TargetSymbol));
        var sources = names.Combine(context.CompilationProvider.WithComparer(SameForCapture.Instance))
            .Select(static (pair, cancellation) => CapturedModel.Of(pair.Right, pair.Left, cancellation)).WithTrackingName(StepNames.ModelSpecs)
            .Select(static (model, cancellation) => model.Compile(cancellation)).WithTrackingName(StepNames.Sources);
        context.RegisterSourceOutput(sources, static (output, files) => Add(output, files));

        var layers = context.SyntaxProvider.ForAttributeWithMetadataName(KnownTypes.LayerAttribute, static (node, _) => node is ClassDeclarationSyntax, LayerContainer.Of).WithTrackingName(StepNames.LayerSpecs)
            .Select(static (layer, _) => LayerContainerWriter.Write(layer)).WithTrackingName(StepNames.LayerSources);
        context.RegisterSourceOutput(layers, static (output, files) => Add(output, files));
    }

    static void Add(SourceProductionContext output, EquatableArray<GeneratedFile> files)
    {
        foreach (var file in files) output.AddSource(file.HintName, file.Text);
    }

    /// <summary>The name by which a compilation finds the type again: <c>Namespace.Outer+Inner</c>.</summary>
    internal static string MetadataName(ISymbol type)
    {
        if (type.ContainingType is { } outer) return MetadataName(outer) + "+" + type.MetadataName;
        return type.ContainingNamespace.IsGlobalNamespace ? type.MetadataName : type.ContainingNamespace.ToDisplayString() + "." + type.MetadataName;
    }
}
