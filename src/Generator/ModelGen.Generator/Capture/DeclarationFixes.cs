using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ModelGen.Generator.Capture;

/// <summary>Repairs of declarations.</summary>
internal static class DeclarationFixes
{
    /// <summary>Adds <c>partial</c> before <c>class</c>.</summary>
    public static Fix? WithPartial(INamedTypeSymbol type) => DeclarationRules.Declaration(type) is { } declaration
        ? Fix.Insert("Add 'partial'", declaration.SyntaxTree, declaration.Keyword.SpanStart, "partial ")
        : null;

    /// <summary>Adds <c>: ILayer</c> behind the class's other bases.</summary>
    public static Fix? WithInterface(INamedTypeSymbol type)
    {
        if (DeclarationRules.Declaration(type) is not { } declaration) return null;
        int end = declaration.BaseList?.Span.End ?? declaration.ParameterList?.Span.End ?? declaration.TypeParameterList?.Span.End ?? declaration.Identifier.Span.End;
        return Fix.Insert("Add ': ILayer'", declaration.SyntaxTree, end, declaration.BaseList is null ? " : ILayer" : ", ILayer");
    }

    /// <summary>Removes the first of these modifiers that is there.</summary>
    public static Fix? WithoutModifier(INamedTypeSymbol type, params SyntaxKind[] kinds) =>
        DeclarationRules.Declaration(type) is { } declaration ? WithoutModifier(declaration.Modifiers, kinds) : null;

    /// <inheritdoc cref="WithoutModifier(INamedTypeSymbol, SyntaxKind[])"/>
    public static Fix? WithoutModifier(SyntaxTokenList modifiers, params SyntaxKind[] kinds) =>
        modifiers.FirstOrDefault(m => kinds.Any(k => m.IsKind(k))) is { RawKind: not 0 } token ? Fix.Remove($"Remove '{token.Text}'", token) : null;

    /// <summary>A named argument of an attribute of the class, where it is written.</summary>
    public static AttributeArgumentSyntax? AttributeArgument(INamedTypeSymbol type, string attribute, string name) =>
        (type.Attribute(attribute)?.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax)?.ArgumentList?.Arguments.FirstOrDefault(a => a.NameEquals?.Name.Identifier.Text == name);

    /// <summary>Removes an argument and the comma beside it.</summary>
    public static Fix WithoutArgument(AttributeArgumentSyntax argument)
    {
        var list = (AttributeArgumentListSyntax)argument.Parent!;
        var others = list.Arguments.Where(a => a != argument).Select(a => a.ToString());
        return Fix.Replace($"Remove '{argument}'", list, $"({string.Join(", ", others)})");
    }

    /// <summary>Adds the [Shape] of the parameter of the same name in another method, or the first size of the method's other inputs for labels.</summary>
    public static Fix? WithShape(INamedTypeSymbol type, IMethodSymbol method, IParameterSymbol parameter)
    {
        if (parameter.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not ParameterSyntax syntax) return null;
        var others = type.GetMembers().OfType<IMethodSymbol>().SelectMany(m => m.Parameters).Where(p => !SymbolEqualityComparer.Default.Equals(p, parameter));
        var text = others.Where(p => p.Name == parameter.Name && SymbolEqualityComparer.Default.Equals(p.Type, parameter.Type)).Select(ShapeText).FirstOrDefault(t => t is not null);
        if (text is null && parameter.Type.IsIntTensor() && method.Parameters.Select(Dimensions).FirstOrDefault(d => d is not null) is { Count: > 0 } dimensions) text = $"({dimensions[0]})";
        return text is null ? null : Fix.Insert($"Add [Shape{text}]", syntax.SyntaxTree, syntax.SpanStart, $"[Shape{text}] ");
    }

    static string? ShapeText(IParameterSymbol parameter) => (parameter.Attribute(KnownTypes.ShapeAttribute)?.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax)?.ArgumentList?.ToString();

    static SeparatedSyntaxList<AttributeArgumentSyntax>? Dimensions(IParameterSymbol parameter) =>
        (parameter.Attribute(KnownTypes.ShapeAttribute)?.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax)?.ArgumentList?.Arguments;

    /// <summary>Appends <c>.Mean()</c> to what the method returns.</summary>
    public static Fix? WithMean(ExpressionSyntax result) => result is IdentifierNameSyntax or InvocationExpressionSyntax or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax
        ? Fix.Insert("Append .Mean()", result.SyntaxTree, result.Span.End, ".Mean()")
        : Fix.Replace("Append .Mean()", result, $"({result}).Mean()");

    /// <summary>The one expression that a method returns; null when there are several.</summary>
    public static ExpressionSyntax? Returned(IMethodSymbol method)
    {
        if ((method.PartialImplementationPart ?? method).DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not MethodDeclarationSyntax declaration) return null;
        if (declaration.ExpressionBody is { } arrow) return arrow.Expression;
        var returns = declaration.Body?.DescendantNodes(n => n is not (LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax)).OfType<ReturnStatementSyntax>().ToArray();
        return returns is [{ Expression: { } only }] ? only : null;
    }

    /// <summary>Removes a field that nothing mentions; null when its name appears elsewhere in its file.</summary>
    public static Fix? WithoutMember(ISymbol member)
    {
        if (member.DeclaringSyntaxReferences is not [var reference] || reference.GetSyntax() is not VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Parent: FieldDeclarationSyntax field } list } declarator) return null;
        var root = declarator.SyntaxTree.GetRoot();
        if (root.DescendantTokens().Count(t => t.IsKind(SyntaxKind.IdentifierToken) && t.ValueText == member.Name) > 1) return null;
        var title = $"Remove the layer '{member.Name}'";
        if (list.Variables.Count == 1) return new Fix(title, Location.Create(field.SyntaxTree, field.FullSpan), "");
        int at = list.Variables.IndexOf(declarator);
        var span = at == 0 ? TextSpan.FromBounds(declarator.SpanStart, list.Variables[1].SpanStart) : TextSpan.FromBounds(list.Variables[at - 1].Span.End, declarator.Span.End);
        return new Fix(title, Location.Create(field.SyntaxTree, span), "");
    }
}
