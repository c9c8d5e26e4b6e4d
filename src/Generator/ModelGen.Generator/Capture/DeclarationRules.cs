using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ModelGen.Compiler.Codegen;

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
            $"The model '{name}' is {Kind(type)}; a model is an ordinary class that can be created.", place, fix: DeclarationFixes.WithoutModifier(type, SyntaxKind.AbstractKeyword));
        if (compilation.Options is CSharpCompilationOptions { AllowUnsafe: false }) problems.Add(Rules.UnsafeBlocks,
            $"The generated code of '{name}' uses pointers for its kernels; set <AllowUnsafeBlocks>true</AllowUnsafeBlocks> in the project.", place, fix: new Fix("Allow unsafe code in the project", place, "", FixKind.AllowUnsafe));
        CheckMembers(type, place, problems);
        foreach (var constructor in type.InstanceConstructors.Where(c => c.Parameters.Length > 0 && !c.IsImplicitlyDeclared))
            problems.Add(Rules.ModelConstructor,
                $"The model '{name}' has a constructor with parameters, but the shapes of its weights are fixed when it is compiled; use constants, or move the parameters to a [Layer].", PlaceOf(constructor) ?? place);
    }

    /// <summary>Checks that what is to be stored in 16 bits is computed in 32.</summary>
    public static void CheckStorage(INamedTypeSymbol type, ProblemList problems)
    {
        if (ModelCapture.Storage(type) is not { } storage || ModelCapture.Precision(type) == DType.Float32) return;
        var argument = DeclarationFixes.AttributeArgument(type, KnownTypes.ModelAttribute, "Storage");
        problems.Add(Rules.Storage, $"The model '{type.Name}' has the precision Float64 and the storage {storage}: numbers of 16 bits are widened to float32 only. Leave out one of the two.",
            argument?.GetLocation() ?? Place(type), fix: argument is null ? null : DeclarationFixes.WithoutArgument(argument));
    }

    static readonly HashSet<string> ReservedParameters = ["Span", "ReadOnlySpan", "Optimizer", "PerExampleGradients", "Workspace", "String", "UInt64", "Int32"];

    static void CheckMembers(INamedTypeSymbol type, Location place, ProblemList problems)
    {
        var objectives = type.GetMembers().OfType<IMethodSymbol>().Where(m => m.Name == "Loss" || m.Attribute(KnownTypes.ObjectiveAttribute) is not null).Select(m => m.Name).Distinct().ToArray();
        var names = new HashSet<string>(GeneratedMembers.Names(objectives), StringComparer.Ordinal);
        var methods = new HashSet<string>(GeneratedMembers.Methods(objectives), StringComparer.Ordinal);
        foreach (var member in type.GetMembers().Where(m => m is { IsImplicitlyDeclared: false, CanBeReferencedByName: true } && !SourceIndex.IsGenerated(m)))
        {
            // A method of the same name is an overload, unless it takes the same kinds of things.
            bool isReserved = names.Contains(member.Name)
                || (methods.Contains(member.Name) && (member is not IMethodSymbol method || method.Parameters.All(p => ReservedParameters.Contains(p.Type.Name))));
            if (!isReserved) continue;
            var at = PlaceOf(member) ?? place;
            var free = "my" + char.ToUpperInvariant(member.Name[0]) + member.Name.Substring(1);
            if (char.IsUpper(member.Name[0])) free = "My" + member.Name;
            problems.Add(Rules.ReservedMember, $"'{member.Name}' is also generated for the model '{type.Name}'; give your member another name.", at, fix: new Fix($"Rename to '{free}'", at, free, FixKind.Rename));
        }
    }

    /// <summary>Checks a [Layer] class.</summary>
    public static void CheckLayer(INamedTypeSymbol type, ProblemList problems, CancellationToken cancellation)
    {
        CheckClass(type, "[Layer]", problems, cancellation);
        if (!type.ImplementsLayer()) problems.Add(Rules.MissingInterface,
            $"The layer '{type.Name}' does not say ': ILayer'; write 'class {type.Name} : ILayer', because x.Apply(...) needs it before anything is generated.", Place(type), fix: DeclarationFixes.WithInterface(type));
        if (type.IsStatic || type.IsRecord || type.TypeKind != TypeKind.Class) problems.Add(Rules.ClassKind, $"The layer '{type.Name}' is {Kind(type)}; a layer is an ordinary class.", Place(type), fix: DeclarationFixes.WithoutModifier(type, SyntaxKind.StaticKeyword));
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
        if (!IsPartial(type, cancellation)) problems.Add(Rules.NotPartial, $"'{type.Name}' is marked {attribute} but is not partial; add 'partial', so that the generated half can be added.", Place(type), fix: DeclarationFixes.WithPartial(type));
        if (type.ContainingType is { } outer) problems.Add(Rules.Nested, $"'{type.Name}' is nested in '{outer.Name}'; move it out: a {attribute} class stands in a namespace.", Place(type));
        if (type.IsFileLocal) problems.Add(Rules.ClassKind, $"'{type.Name}' is a file class; the generated half is another file. Make it internal.", Place(type), fix: DeclarationFixes.WithoutModifier(type, SyntaxKind.FileKeyword));
    }

    public static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellation) => type.DeclaringSyntaxReferences.Any(r =>
        r.GetSyntax(cancellation) is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    /// <summary>The class's name in the part that carries the attribute.</summary>
    public static Location Place(INamedTypeSymbol type) => Declaration(type)?.Identifier.GetLocation() ?? type.Locations.FirstOrDefault() ?? Location.None;

    /// <summary>The part of the class that carries the attribute.</summary>
    public static TypeDeclarationSyntax? Declaration(INamedTypeSymbol type)
    {
        foreach (var attribute in type.GetAttributes())
            if (attribute.AttributeClass is { Name: "ModelAttribute" or "LayerAttribute" } && attribute.ApplicationSyntaxReference?.GetSyntax().FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } declaration)
                return declaration;
        return null;
    }

    public static Location? PlaceOf(ISymbol symbol) => symbol.Locations.FirstOrDefault(l => l.IsInSource);

    static string Kind(INamedTypeSymbol type) =>
        type.IsRecord ? "a record" : type.TypeKind == TypeKind.Struct ? "a struct" : type.IsStatic ? "static" : type.IsAbstract ? "abstract" : "not a class";
}
