using Microsoft.CodeAnalysis;
using ModelGen.Compiler.Shapes;

namespace ModelGen.Analyzers;

/// <summary>Every rule: its id, title and severity. Messages are written where the rule is broken; pages stand in docs/diagnostics.</summary>
internal static class Catalogue
{
    const string Declaration = "ModelGen.Declaration", Shapes = "ModelGen.Shapes", Language = "ModelGen.Language", Training = "ModelGen.Training", Advice = "ModelGen.Advice", Internal = "ModelGen.Internal";

    public static readonly IReadOnlyList<DiagnosticDescriptor> Rules =
    [
        Rule(Compiler.Shapes.Rules.NotPartial, "A model or layer class must be partial", Declaration),
        Rule(Compiler.Shapes.Rules.Nested, "A model or layer class must not be nested", Declaration),
        Rule(Compiler.Shapes.Rules.Generic, "A model must not be generic", Declaration),
        Rule(Compiler.Shapes.Rules.ClassKind, "A model or layer must be an ordinary class", Declaration),
        Rule(Compiler.Shapes.Rules.ModelConstructor, "A model has no constructor parameters", Declaration),
        Rule(Compiler.Shapes.Rules.MissingForward, "The method Forward is missing", Declaration),
        Rule(Compiler.Shapes.Rules.MissingInterface, "A layer class must implement ILayer", Declaration),
        Rule(Compiler.Shapes.Rules.UnsafeBlocks, "Generated kernels need AllowUnsafeBlocks", Declaration),
        Rule(Compiler.Shapes.Rules.ShapeAttribute, "A tensor parameter needs a valid [Shape]", Declaration),
        Rule(Compiler.Shapes.Rules.Overload, "A compiled method cannot be overloaded", Declaration),
        Rule(Compiler.Shapes.Rules.EntrySignature, "The signature of a compiled method is not supported", Declaration),
        Rule(Compiler.Shapes.Rules.UpdatedLayers, "[Objective] names an unknown layer", Declaration),
        Rule(Compiler.Shapes.Rules.LayerName, "Layer names must be valid and different", Declaration),
        Rule(Compiler.Shapes.Rules.ReservedMember, "A member has the name of a generated one", Declaration),
        Rule(Compiler.Shapes.Rules.Storage, "Storage in 16 bits needs the precision Float32", Declaration),
        Rule(Compiler.Shapes.Rules.Broadcast, "Shapes do not broadcast", Shapes),
        Rule(Compiler.Shapes.Rules.FeatureCount, "A layer's declared size does not fit its input", Shapes),
        Rule(Compiler.Shapes.Rules.Rank, "The input has the wrong number of axes", Shapes),
        Rule(Compiler.Shapes.Rules.MatMulSizes, "Matrix sizes do not fit", Shapes),
        Rule(Compiler.Shapes.Rules.Reshape, "The element count does not fit the new shape", Shapes),
        Rule(Compiler.Shapes.Rules.Axis, "There is no such axis", Shapes),
        Rule(Compiler.Shapes.Rules.Window, "The window does not fit the image", Shapes),
        Rule(Compiler.Shapes.Rules.Concat, "Shapes cannot be concatenated", Shapes),
        Rule(Compiler.Shapes.Rules.Index, "The index or range is outside the axis", Shapes),
        Rule(Compiler.Shapes.Rules.Labels, "Labels do not fit the logits", Shapes),
        Rule(Compiler.Shapes.Rules.Groups, "Channels do not divide into the groups", Shapes),
        Rule(Compiler.Shapes.Rules.ElementType, "The element type does not fit", Shapes),
        Rule(Compiler.Shapes.Rules.Argument, "An argument has an invalid value", Shapes),
        Rule(Compiler.Shapes.Rules.SameShape, "Shapes must be equal", Shapes),
        Rule(Compiler.Shapes.Rules.DeclaredResult, "The result differs from the declared shape", Shapes),
        Rule(Compiler.Shapes.Rules.TensorDecision, "A decision depends on the value of a tensor", Language),
        Rule(Compiler.Shapes.Rules.Construct, "This C# is not supported in compiled code", Language),
        Rule(Compiler.Shapes.Rules.UnknownCall, "A call cannot be compiled", Language),
        Rule(Compiler.Shapes.Rules.CreatedLayer, "A layer is created inside a compiled method", Language),
        Rule(Compiler.Shapes.Rules.ChangedState, "A compiled method changes the model", Language),
        Rule(Compiler.Shapes.Rules.MutableStatic, "A static value may change", Language),
        Rule(Compiler.Shapes.Rules.UnnamedLayer, "A layer is not held by the model", Language),
        Rule(Compiler.Shapes.Rules.SymbolicSize, "A size is known only at run time", Language),
        Rule(Compiler.Shapes.Rules.Evaluation, "The expression fails when it is evaluated", Language),
        Rule(Compiler.Shapes.Rules.Budget, "The model does not unfold within the limits", Language),
        Rule(Compiler.Shapes.Rules.Impure, "The value differs from run to run", Language),
        Rule(Compiler.Shapes.Rules.GeneratedMember, "A model uses its own generated members", Language),
        Rule(Compiler.Shapes.Rules.NotDifferentiable, "The derivative does not exist", Training),
        Rule(Compiler.Shapes.Rules.ScalarLoss, "An objective must be a scalar", Training),
        Rule(Compiler.Shapes.Rules.NoGradient, "A gradient with respect to something that has no influence", Training),
        Hint(Compiler.Shapes.Rules.ShapeHint, "The inferred shape of a local", Advice),
        Warning(Compiler.Shapes.Rules.UnusedLayer, "A layer is never applied", Advice),
        Warning(Compiler.Shapes.Rules.UnusedInput, "An input has no influence", Advice),
        Hint(Compiler.Shapes.Rules.DebugBuild, "A Debug build runs the generated kernels slowly", Advice),
        Rule(Compiler.Shapes.Rules.Internal, "ModelGen failed", Internal),
    ];

    static readonly Dictionary<string, DiagnosticDescriptor> ById = Rules.ToDictionary(r => r.Id, StringComparer.Ordinal);

    /// <summary>The rule of that id; an id that is not listed is a fault of ModelGen.</summary>
    public static DiagnosticDescriptor Find(string id) => ById.TryGetValue(id, out var rule) ? rule : ById[Compiler.Shapes.Rules.Internal];

    /// <summary>The page of a rule.</summary>
    public static string HelpLink(string id) => $"https://github.com/modelgen/modelgen/blob/main/docs/diagnostics/{id}.md";

    static DiagnosticDescriptor Rule(string id, string title, string category) =>
        new(id, title, "{0}", category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink(id));

    static DiagnosticDescriptor Warning(string id, string title, string category) =>
        new(id, title, "{0}", category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink(id));

    // Off until an .editorconfig line turns it on: dotnet_diagnostic.MG0901.severity = suggestion.
    static DiagnosticDescriptor Hint(string id, string title, string category) =>
        new(id, title, "{0}", category, DiagnosticSeverity.Info, isEnabledByDefault: false, helpLinkUri: HelpLink(id));
}
