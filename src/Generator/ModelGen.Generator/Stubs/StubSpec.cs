using Microsoft.CodeAnalysis.CSharp;
using ModelGen.Generator.Capture;

namespace ModelGen.Generator.Stubs;

/// <summary>A parameter of a stub's member, or a result of the method that it stands for.</summary>
internal sealed record StubParameter(string Name, bool IsInt);

/// <summary>A compiled method of the user's: what it is called and what it takes.</summary>
internal sealed record StubMethod(string Name, EquatableArray<StubParameter> Parameters, EquatableArray<StubParameter> Outputs);

/// <summary>What is needed to write the members that a model would have, were nothing wrong with it.</summary>
internal sealed record StubSpec
{
    public required string Namespace { get; init; }
    public required string Name { get; init; }

    /// <summary>The C# type of the model's numbers.</summary>
    public required string Element { get; init; }

    /// <summary>The first broken rule; null while the compiler itself complains.</summary>
    public required string? Rule { get; init; }
    public required EquatableArray<StubMethod> Methods { get; init; }

    /// <summary>Types of the runtime that exist in the compilation, by short name: members that need a missing one are left out.</summary>
    public required EquatableArray<StubType> Types { get; init; }

    /// <summary>Names that the user's half already has: the stub leaves them alone.</summary>
    public required EquatableArray<string> Taken { get; init; }

    public string? TypeName(string name) => Types.FirstOrDefault(t => t.Name == name)?.FullName;

    /// <summary>True when a partial class of this name may be added at all.</summary>
    public static bool CanExtend(INamedTypeSymbol type, CancellationToken cancellation) => type is { ContainingType: null, IsGenericType: false, IsStatic: false, IsRecord: false, TypeKind: TypeKind.Class, IsFileLocal: false }
        && DeclarationRules.IsPartial(type, cancellation);

    public static StubSpec Of(INamedTypeSymbol type, Compilation compilation, string? rule)
    {
        var methods = new List<StubMethod>();
        foreach (var method in type.GetMembers().OfType<IMethodSymbol>())
        {
            if (method.MethodKind != MethodKind.Ordinary || methods.Any(m => m.Name == method.Name)) continue;
            if (method.Name is not ("Forward" or "Loss") && method.Attribute(KnownTypes.ObjectiveAttribute) is null) continue;
            var outputs = method.ReturnType is INamedTypeSymbol { IsTupleType: true } tuple
                ? tuple.TupleElements.Select((e, i) => new StubParameter(e.IsExplicitlyNamedTupleElement ? e.Name : "output" + (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), e.Type.IsIntTensor())).ToArray()
                : [new StubParameter("output", method.ReturnType.IsIntTensor())];
            methods.Add(new StubMethod(method.Name, new(method.Parameters.Select(p => new StubParameter(p.Name, p.Type.IsIntTensor())).ToArray()), new(outputs)));
        }
        return new StubSpec
        {
            Namespace = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(),
            Name = type.Name,
            Element = ModelCapture.Precision(type).CSharp(),
            Rule = rule,
            Methods = new(methods.ToArray()),
            Taken = new(type.GetMembers().Where(m => m.CanBeReferencedByName && !SourceIndex.IsGenerated(m)).Select(m => m.Name).Distinct().OrderBy(n => n, StringComparer.Ordinal).ToArray()),
            Types = new(RuntimeTypes.Select(t => StubType.Find(compilation, t)).OfType<StubType>().ToArray()),
        };
    }

    static readonly string[] RuntimeTypes = ["ITrainable", "ModelDescription", "Optimizer", "ParameterSet", "Workspace", "DecodingSession`2", "PerExampleGradients"];
}

/// <summary>A type of the runtime: <c>Optimizer</c>, <c>global::ModelGen.Optimizer</c>; of an interface also its members, as explicit implementations.</summary>
internal sealed record StubType(string Name, string FullName, EquatableArray<string> Members)
{
    static readonly SymbolDisplayFormat Signature = SymbolDisplayFormat.FullyQualifiedFormat
        .WithMemberOptions(SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeContainingType | SymbolDisplayMemberOptions.IncludeRef)
        .WithParameterOptions(SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeParamsRefOut)
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    public static StubType? Find(Compilation compilation, string name)
    {
        foreach (var space in new[] { "ModelGen", "ModelGen.Execution" })
        {
            if (compilation.GetTypeByMetadataName(space + "." + name) is not { DeclaredAccessibility: Accessibility.Public } type) continue;
            var members = type.TypeKind != TypeKind.Interface ? [] : type.GetMembers().Where(m => m.IsAbstract && m is IPropertySymbol or IMethodSymbol { MethodKind: MethodKind.Ordinary }).Select(m => m.ToDisplayString(Signature)).ToArray();
            return new StubType(name, "global::" + space + "." + name, new(members));
        }
        return null;
    }
}
