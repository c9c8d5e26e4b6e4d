using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ModelGen.Generator.Capture;

/// <summary>
/// The members of a class that can hold layers, in the order in which they are named. The names in the spec and the generated
/// <c>VisitLayers</c> both come from here, so they agree.
/// </summary>
internal static class LayerMembers
{
    /// <param name="Symbol">A field, an auto-property, or a parameter of the primary constructor that the class keeps.</param>
    /// <param name="Name">The name in parameter paths.</param>
    /// <param name="IsFrozen">True under <c>[Layer(Frozen = true)]</c>.</param>
    /// <param name="IsRecomputed">True under <c>[Layer(Recompute = true)]</c>.</param>
    public sealed record Member(ISymbol Symbol, string Name, bool IsFrozen, bool IsRecomputed);

    public static IEnumerable<Member> Of(INamedTypeSymbol type)
    {
        var definition = type.OriginalDefinition;
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var declaring = definition; declaring is { SpecialType: SpecialType.None }; declaring = declaring.BaseType?.OriginalDefinition)
        {
            foreach (var member in InOrder(declaring).Concat(KeptParameters(declaring)))
            {
                if (member.IsStatic || (!ReferenceEquals(declaring, definition) && member.DeclaredAccessibility is Accessibility.Private)) continue;
                var held = member switch
                {
                    IFieldSymbol { IsImplicitlyDeclared: false } field => field.Type,
                    IPropertySymbol { IsIndexer: false } property when IsAuto(property) => property.Type,
                    IParameterSymbol parameter when ReferenceEquals(declaring, definition) => parameter.Type,
                    _ => null,
                };
                if (!CanHoldLayers(held) || !names.Add(member.Name)) continue;
                var attribute = member.Attribute(KnownTypes.LayerAttribute);
                yield return new Member(member, attribute.Named<string>("Name") ?? member.Name, attribute.Named<bool>("Frozen"), attribute.Named<bool>("Recompute"));
            }
        }
    }

    /// <summary>Members by file and position, so that the order does not hang on the order of the compilation's trees.</summary>
    public static IEnumerable<ISymbol> InOrder(INamedTypeSymbol type) => type.GetMembers()
        .Where(m => m is IFieldSymbol or IPropertySymbol)
        .OrderBy(m => m.Locations.FirstOrDefault()?.SourceTree?.FilePath ?? "", StringComparer.Ordinal)
        .ThenBy(m => m.Locations.FirstOrDefault()?.SourceSpan.Start ?? 0);

    /// <summary>True for layers, for arrays and enumerations of layers, and for type parameters constrained to them.</summary>
    public static bool CanHoldLayers(ITypeSymbol? type) => type switch
    {
        null => false,
        _ when type.IsLayer() => true,
        IArrayTypeSymbol { Rank: 1 } array => CanHoldLayers(array.ElementType),
        INamedTypeSymbol named => Enumerations(named).Any(e => e.TypeArguments[0].IsLayer()),
        _ => false,
    };

    static IEnumerable<INamedTypeSymbol> Enumerations(INamedTypeSymbol type) =>
        type.AllInterfaces.Concat([type]).Where(i => i.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T);

    static bool IsAuto(IPropertySymbol property) =>
        property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(f => SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol, property));

    /// <summary>
    /// The primary constructor's parameters that some member's body uses: only those live on in the object. A record's are properties.
    /// </summary>
    static IEnumerable<ISymbol> KeptParameters(INamedTypeSymbol type)
    {
        if (type.IsRecord) yield break;
        var primary = type.InstanceConstructors.FirstOrDefault(c => c.DeclaringSyntaxReferences.Any(r => r.GetSyntax() is TypeDeclarationSyntax));
        foreach (var parameter in primary?.Parameters ?? [])
        {
            if (!CanHoldLayers(parameter.Type)) continue;
            var hidden = "<" + parameter.Name + ">P";
            if (type.GetMembers().Any(m => m is IFieldSymbol && m.Name == hidden)) yield return parameter;
        }
    }
}
