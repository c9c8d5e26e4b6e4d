using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ModelGen.Generator.Capture;

/// <summary>The rules that a [Model] or [Layer] class must keep before its methods are looked at.</summary>
internal static class DeclarationRules
{
    /// <summary>Checks a [Model] class.</summary>
    public static void CheckModel(INamedTypeSymbol type, Compilation compilation, ProblemList problems, CancellationToken cancellation)
    {
        var place = Place(type);
        string name = type.Name;
        CheckClass(type, "[Model]", problems, cancellation);
        if (type.IsGenericType) problems.Add(Rules.Generic, $"The model '{name}' is generic; a model is compiled once, for one set of types. Make the sizes constants, or put the generic part into a [Layer].", place);
        if (type.IsAbstract || type.IsStatic || type.IsRecord || type.TypeKind != TypeKind.Class) problems.Add(Rules.ClassKind,
            $"The model '{name}' is {Kind(type)}; a model is an ordinary class that can be created.", place);
        if (compilation.Options is CSharpCompilationOptions { AllowUnsafe: false }) problems.Add(Rules.UnsafeBlocks,
            $"The generated code of '{name}' uses pointers for its kernels; set <AllowUnsafeBlocks>true</AllowUnsafeBlocks> in the project.", place);
        foreach (var member in type.GetMembers().Where(m => !m.IsImplicitlyDeclared && !SourceIndex.IsGenerated(m) && IsReserved(m)))
            problems.Add(Rules.ReservedMember, $"'{member.Name}' is also generated for the model '{name}'; give your member another name.", PlaceOf(member) ?? place);
        foreach (var constructor in type.InstanceConstructors.Where(c => c.Parameters.Length > 0 && !c.IsImplicitlyDeclared))
            problems.Add(Rules.ModelConstructor,
                $"The model '{name}' has a constructor with parameters, but the shapes of its weights are fixed when it is compiled; use constants, or move the parameters to a [Layer].", PlaceOf(constructor) ?? place);
    }

    static readonly HashSet<string> ReservedNames = ["state", "Layout", "Kernels", "Parameters", "Description"];
    static readonly HashSet<string> ReservedMethods = ["Predict", "TrainStep", "ComputeGradients", "Evaluate", "Summary", "Initialize", "Save", "Load"];
    static readonly HashSet<string> ReservedParameters = ["Span", "ReadOnlySpan", "Optimizer", "Workspace", "String", "UInt64", "Int32"];

    // A method of the same name is an overload, unless it takes the same kinds of things.
    static bool IsReserved(ISymbol member) => ReservedNames.Contains(member.Name)
        || (ReservedMethods.Contains(member.Name) && (member is not IMethodSymbol method || method.Parameters.All(p => ReservedParameters.Contains(p.Type.Name))));

    /// <summary>Checks a [Layer] class.</summary>
    public static void CheckLayer(INamedTypeSymbol type, ProblemList problems, CancellationToken cancellation)
    {
        CheckClass(type, "[Layer]", problems, cancellation);
        if (!type.IsLayer()) problems.Add(Rules.MissingInterface,
            $"The layer '{type.Name}' does not say ': ILayer'; write 'class {type.Name} : ILayer', because x.Apply(...) needs it before anything is generated.", Place(type));
        if (type.IsStatic || type.IsRecord || type.TypeKind != TypeKind.Class) problems.Add(Rules.ClassKind, $"The layer '{type.Name}' is {Kind(type)}; a layer is an ordinary class.", Place(type));
        if (!type.IsAbstract && !type.GetMembers("Forward").OfType<IMethodSymbol>().Any() && type.BaseType is { SpecialType: SpecialType.System_Object })
            problems.Add(Rules.MissingForward, $"The layer '{type.Name}' has no method 'public Tensor Forward(Tensor x)'.", Place(type));
        CheckNames(type, problems);
    }

    /// <summary>Two members under one name would share their parameters' names.</summary>
    public static void CheckNames(INamedTypeSymbol type, ProblemList problems)
    {
        var seen = new Dictionary<string, ISymbol>(StringComparer.Ordinal);
        foreach (var member in LayerMembers.Of(type))
        {
            if (seen.TryGetValue(member.Name, out var other)) problems.Add(Rules.LayerName, $"'{member.Symbol.Name}' and '{other.Name}' are both named '{member.Name}'; layer names must differ.", PlaceOf(member.Symbol) ?? Place(type));
            else if (member.Name.Length == 0 || member.Name.Contains('.') || member.Name.Any(char.IsWhiteSpace)) problems.Add(Rules.LayerName, $"'{member.Name}' cannot be the name of a layer: it must not be empty and not contain dots or spaces.", PlaceOf(member.Symbol) ?? Place(type));
            seen[member.Name] = member.Symbol;
        }
    }

    static void CheckClass(INamedTypeSymbol type, string attribute, ProblemList problems, CancellationToken cancellation)
    {
        if (!IsPartial(type, cancellation)) problems.Add(Rules.NotPartial, $"'{type.Name}' is marked {attribute} but is not partial; add 'partial', so that the generated half can be added.", Place(type));
        if (type.ContainingType is { } outer) problems.Add(Rules.Nested, $"'{type.Name}' is nested in '{outer.Name}'; move it out: a {attribute} class stands in a namespace.", Place(type));
        if (type.IsFileLocal) problems.Add(Rules.ClassKind, $"'{type.Name}' is a file class; the generated half is another file. Make it internal.", Place(type));
    }

    public static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellation) => type.DeclaringSyntaxReferences.Any(r =>
        r.GetSyntax(cancellation) is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    /// <summary>The class's name in the part that carries the attribute.</summary>
    public static Location Place(INamedTypeSymbol type)
    {
        foreach (var attribute in type.GetAttributes())
            if (attribute.AttributeClass is { Name: "ModelAttribute" or "LayerAttribute" } && attribute.ApplicationSyntaxReference?.GetSyntax().FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } declaration)
                return declaration.Identifier.GetLocation();
        return type.Locations.FirstOrDefault() ?? Location.None;
    }

    public static Location? PlaceOf(ISymbol symbol) => symbol.Locations.FirstOrDefault(l => l.IsInSource);

    static string Kind(INamedTypeSymbol type) =>
        type.IsRecord ? "a record" : type.TypeKind == TypeKind.Struct ? "a struct" : type.IsStatic ? "static" : type.IsAbstract ? "abstract" : "not a class";
}
