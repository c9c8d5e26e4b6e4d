using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ModelGen.Generator.Capture;

/// <summary>A method of the model that is compiled.</summary>
/// <param name="Method">Forward, Loss or an [Objective].</param>
/// <param name="Kind">What becomes of it.</param>
/// <param name="Inputs">Its parameters with their declared shapes.</param>
/// <param name="UpdatedLayers">Names given by <c>[Objective(Parameters = ...)]</c>.</param>
internal sealed record EntryMethod(IMethodSymbol Method, FunctionKind Kind, IReadOnlyList<InputSpec> Inputs, IReadOnlyList<string> UpdatedLayers);

/// <summary>Finds the methods to compile and checks their signatures.</summary>
internal static class EntryMethods
{
    /// <summary>Forward first, then Loss, then further objectives as they are declared.</summary>
    public static IReadOnlyList<EntryMethod> Find(INamedTypeSymbol type, DType precision, ProblemList problems)
    {
        var methods = type.GetMembers().OfType<IMethodSymbol>().Where(m => m.MethodKind == MethodKind.Ordinary && (m.Name is "Forward" or "Loss" || m.Attribute(KnownTypes.ObjectiveAttribute) is not null))
            .OrderBy(m => m.Name == "Forward" ? 0 : m.Name == "Loss" ? 1 : 2)
            .ThenBy(m => m.Locations.FirstOrDefault()?.SourceTree?.FilePath ?? "", StringComparer.Ordinal)
            .ThenBy(m => m.Locations.FirstOrDefault()?.SourceSpan.Start ?? 0).ToList();
        if (methods.All(m => m.Name != "Forward")) problems.Add(Rules.MissingForward,
            $"The model '{type.Name}' has no method 'public Tensor Forward([Shape(...)] Tensor x)', which says how its layers are connected.", DeclarationRules.Place(type));

        var found = new List<EntryMethod>();
        foreach (var method in methods)
        {
            var place = DeclarationRules.PlaceOf(method) ?? DeclarationRules.Place(type);
            if (found.Any(f => f.Method.Name == method.Name)) problems.Add(Rules.Overload, $"'{method.Name}' is declared twice; the generated members take their names from it, so there can be only one.", place);
            else if (Check(method, place, problems)) found.Add(Entry(type, method, precision, place, problems));
        }
        return found;
    }

    static bool Check(IMethodSymbol method, Location place, ProblemList problems)
    {
        void Refuse(string message, Fix? fix = null) => problems.Add(Rules.EntrySignature, message, place, fix: fix);
        bool isForward = method.Name == "Forward";
        if (method.IsStatic) Refuse($"'{method.Name}' is static; it belongs to the model, so remove 'static'.",
            method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is MethodDeclarationSyntax declaration ? DeclarationFixes.WithoutModifier(declaration.Modifiers, SyntaxKind.StaticKeyword) : null);
        else if (method.IsGenericMethod) Refuse($"'{method.Name}' is generic; a compiled method has one signature.");
        else if (method.IsAsync) Refuse($"'{method.Name}' is async; a compiled method runs in one go. Make it synchronous.");
        else if (method.IsAbstract) Refuse($"'{method.Name}' has no body.");
        else if (!isForward && !method.ReturnType.IsTensor()) Refuse($"'{method.Name}' returns {method.ReturnType.ToDisplayString()}, but an objective returns a scalar Tensor: the number to be minimised.");
        else if (isForward && !IsResult(method.ReturnType) && !(method.ReturnType is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.All(e => IsResult(e.Type))))
            Refuse($"'Forward' returns {method.ReturnType.ToDisplayString()}, but it must return a Tensor, an IntTensor or a tuple of them.");
        else return true;
        return false;
    }

    static bool IsResult(ITypeSymbol type) => type.IsTensor() || type.IsIntTensor();

    static EntryMethod Entry(INamedTypeSymbol type, IMethodSymbol method, DType precision, Location place, ProblemList problems)
    {
        var inputs = new List<InputSpec>();
        foreach (var parameter in method.Parameters)
        {
            var at = DeclarationRules.PlaceOf(parameter) ?? place;
            bool isInt = parameter.Type.IsIntTensor();
            if ((!isInt && !parameter.Type.IsTensor()) || parameter.RefKind != RefKind.None || parameter.IsParams)
                problems.Add(Rules.EntrySignature, $"The parameter '{parameter.Name}' of '{method.Name}' is {parameter.ToDisplayString()}, but a compiled method takes Tensor and IntTensor parameters by value.", at);
            else if (parameter.Attribute(KnownTypes.ShapeAttribute) is not { } attribute)
                problems.Add(Rules.ShapeAttribute, $"The parameter '{parameter.Name}' of '{method.Name}' has no [Shape]; write its sizes, for example [Shape(\"N\", 784)].", at, fix: DeclarationFixes.WithShape(type, method, parameter));
            else if (ShapeOf(attribute, $"The [Shape] of '{parameter.Name}'", at, problems) is { } shape)
                inputs.Add(new InputSpec(parameter.Name, isInt ? DType.Int32 : precision, shape));
        }
        return new EntryMethod(method, method.Name == "Forward" ? FunctionKind.Forward : FunctionKind.Objective, inputs, Updated(type, method, place, problems));
    }

    /// <summary>The shape that an attribute declares; null (and a problem) when it makes no sense.</summary>
    public static Shape? ShapeOf(AttributeData attribute, string what, Location place, ProblemList problems)
    {
        var at = attribute.ApplicationSyntaxReference?.GetSyntax().GetLocation() ?? place;
        if (attribute.ConstructorArguments is not [{ Kind: TypedConstantKind.Array, IsNull: false } dimensions]) return null;   // the compiler complains
        var sizes = new List<Dim>();
        foreach (var dimension in dimensions.Values)
        {
            if (dimension.Kind != TypedConstantKind.Error && dimension.Kind != TypedConstantKind.Array && dimension.Value is int size and >= 1) sizes.Add(size);
            else if (dimension.Kind == TypedConstantKind.Primitive && dimension.Value is string symbol && SyntaxFacts.IsValidIdentifier(symbol) && SyntaxFacts.GetKeywordKind(symbol) == SyntaxKind.None) sizes.Add(Dim.Symbol(symbol));
            else
            {
                problems.Add(Rules.ShapeAttribute, $"{what} contains {dimension.ToCSharpString()}; a size is an int of at least 1, or the name of a symbol such as \"N\".", at);
                return null;
            }
        }
        return new Shape(sizes);
    }

    static string[] Updated(INamedTypeSymbol type, IMethodSymbol method, Location place, ProblemList problems)
    {
        if (method.Attribute(KnownTypes.ObjectiveAttribute) is not { } attribute) return [];
        var given = attribute.NamedArguments.FirstOrDefault(a => a.Key == "Parameters").Value;
        if (given.Kind != TypedConstantKind.Array || given.IsNull) return [];
        var members = LayerMembers.Of(type).ToList();
        var names = new List<string>();
        foreach (var value in given.Values)
        {
            var name = value.Value as string;
            if (members.FirstOrDefault(m => m.Symbol.Name == name) is { } member) names.Add(member.Name);
            else UnknownLayer(type, method, attribute, name, members, place, problems);
        }
        return [.. names.Distinct().OrderBy(n => n, StringComparer.Ordinal)];
    }

    // At the name itself, with the nearest layer's name as the repair.
    static void UnknownLayer(INamedTypeSymbol type, IMethodSymbol method, AttributeData attribute, string? name, IReadOnlyList<LayerMembers.Member> members, Location place, ProblemList problems)
    {
        var syntax = attribute.ApplicationSyntaxReference?.GetSyntax();
        var written = syntax?.DescendantNodes().FirstOrDefault(n => n switch
        {
            InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: { } target }] } => target.ToString().Split('.').Last() == name,
            LiteralExpressionSyntax literal => literal.Token.ValueText == name,
            _ => false,
        });
        var nearest = members.Select(m => m.Symbol.Name).OrderBy(n => EditDistance(n, name ?? "")).FirstOrDefault();
        bool isNear = nearest is not null && EditDistance(nearest, name ?? "") <= Math.Max(2, nearest.Length / 3);
        problems.Add(Rules.UpdatedLayers, $"[Objective] of '{method.Name}' names '{name}', but '{type.Name}' has no layer of that name{(isNear ? $"; did you mean '{nearest}'?" : ".")}",
            (written ?? syntax)?.GetLocation() ?? place, fix: isNear && written is not null ? Fix.Replace($"Change to nameof({nearest})", written, $"nameof({nearest})") : null);
    }

    /// <summary>Levenshtein's distance, ignoring case.</summary>
    static int EditDistance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
