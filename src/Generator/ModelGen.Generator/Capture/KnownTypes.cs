using ModelGen.Compiler.Layers;

namespace ModelGen.Generator.Capture;

/// <summary>The names of the vocabulary. Types are recognised by name, because the generator must not load the user's assemblies.</summary>
internal static class KnownTypes
{
    public const string Namespace = "ModelGen";
    public const string ModelAttribute = "ModelGen.ModelAttribute";
    public const string LayerAttribute = "ModelGen.LayerAttribute";
    public const string ShapeAttribute = "ModelGen.ShapeAttribute";
    public const string ObjectiveAttribute = "ModelGen.ObjectiveAttribute";

    public static bool IsTensor(this ITypeSymbol? type) => Is(type, "Tensor");
    public static bool IsIntTensor(this ITypeSymbol? type) => Is(type, "IntTensor");
    public static bool IsShape(this ITypeSymbol? type) => Is(type, "TensorShape");
    public static bool IsLayerInterface(this ITypeSymbol? type) => Is(type, "ILayer");

    /// <summary>
    /// True for ILayer, what implements it, the built-in layers that take other inputs, and type parameters constrained to those. A class marked
    /// [Layer] that does not say ': ILayer' (yet) is one too: MG0007 is said of it, and nothing that follows from that.
    /// </summary>
    public static bool IsLayer(this ITypeSymbol? type) => type switch
    {
        null => false,
        ITypeParameterSymbol parameter => parameter.ConstraintTypes.Any(IsLayer),
        _ => IsLayerInterface(type) || type.ImplementsLayer() || IsBuiltIn(type) || type.Attribute(LayerAttribute) is not null,
    };

    public static bool ImplementsLayer(this ITypeSymbol type) => type.AllInterfaces.Any(i => IsLayerInterface(i));

    // Their base class: an embedding takes integers, so it is no ILayer.
    static bool IsBuiltIn(ITypeSymbol type)
    {
        for (ITypeSymbol? declaring = type; declaring is not null; declaring = declaring.BaseType)
            if (Is(declaring, "Layer")) return true;
        return false;
    }

    /// <summary>The built-in layer that a class of the runtime stands for; null for all other types.</summary>
    public static LayerDefinition? BuiltInLayer(this ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Class } && InNamespace(type) && type.IsLayer() ? LayerRegistry.Find(type.Name) : null;

    public static AttributeData? Attribute(this ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(a => a.AttributeClass is { } type && type.Name == name.Substring(Namespace.Length + 1) && InNamespace(type));

    public static T? Named<T>(this AttributeData? attribute, string name)
    {
        if (attribute is null) return default;
        foreach (var argument in attribute.NamedArguments)
            if (argument.Key == name && argument.Value.Kind is not TypedConstantKind.Array and not TypedConstantKind.Error && argument.Value.Value is T value) return value;
        return default;
    }

    /// <summary>True for types that ModelGen's own assemblies declare.</summary>
    public static bool InNamespace(ITypeSymbol type) =>
        type.ContainingType is null && type.ContainingNamespace is { Name: Namespace, ContainingNamespace.IsGlobalNamespace: true };

    static bool Is(ITypeSymbol? type, string name) => type is not null && type.Name == name && InNamespace(type);
}
