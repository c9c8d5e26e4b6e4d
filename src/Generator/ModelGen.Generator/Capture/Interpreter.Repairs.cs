using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using ArgumentKind = Microsoft.CodeAnalysis.Operations.ArgumentKind;

namespace ModelGen.Generator.Capture;

// Where a broken rule is shown, and the edit that makes it hold.
internal sealed partial class Interpreter
{
    int? indexPosition;

    /// <summary>Reports a rule that an op or a layer found broken: at the wrong argument where it is one, at the call otherwise.</summary>
    Value Refuse(ModelException e, IOperation at, Frame frame, Instance? layer)
    {
        var call = Place(at.Syntax);
        var wrong = e.Argument is { } argument ? ArgumentOf(argument, e.Element, at, layer) : null;
        // A number in a layer's declaration is the wrong expression itself; a name there may be right for other layers.
        if (layer is not null && !IsNumber(wrong)) wrong = null;
        if (at is IPropertyReferenceOperation && indexPosition is int position && Elements(at) is { } indices && position < indices.Count) wrong = indices[position];
        var outwards = frame.CallSites().Select(Place);
        problems.Add(e.Id, e.Message, wrong?.GetLocation() ?? call, wrong is null ? outwards : outwards.Prepend(call), e.Repair is null ? null : FixOf(e.Repair, at, layer));
        return Value.Poison;
    }

    /// <summary>A call's place; in a chain of calls that of the last one, without what stands before it.</summary>
    public static Location Place(SyntaxNode syntax) => syntax switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: InvocationExpressionSyntax or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax } access }
            => Location.Create(syntax.SyntaxTree, TextSpan.FromBounds(access.Name.SpanStart, syntax.Span.End)),
        ElementAccessExpressionSyntax { Expression: InvocationExpressionSyntax or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax } element => element.ArgumentList.GetLocation(),
        _ => syntax.GetLocation(),
    };

    Fix? FixOf(Repair repair, IOperation at, Instance? layer) => repair.Kind switch
    {
        RepairKind.SetArgument when at is IPropertyReferenceOperation => SetIndex(repair, at),
        RepairKind.SetArgument => SetArgument(repair, at, layer),
        RepairKind.AppendCall => AppendCall(repair, at),
        _ => DeclareShape(repair, at),
    };

    Fix? SetArgument(Repair repair, IOperation at, Instance? layer)
    {
        if (ArgumentOf(repair.Target, repair.Element, at, layer) is { } old) return IsNumber(old) ? Fix.Replace($"Change {old} to {repair.Text}", old, repair.Text) : null;
        bool isParameter = layer is null || layer.Definition!.Constructor.Any(p => p.Name == repair.Target);
        var list = layer is null ? (at.Syntax as InvocationExpressionSyntax)?.ArgumentList : (layer.Creation as BaseObjectCreationExpressionSyntax)?.ArgumentList;
        if (!isParameter || list is null) return null;
        var text = $"{repair.Target}: {repair.Text}";
        return Fix.Insert($"Add '{text}'", list.SyntaxTree, list.CloseParenToken.SpanStart, list.Arguments.Count == 0 ? text : ", " + text);
    }

    Fix? SetIndex(Repair repair, IOperation at)
    {
        if (repair.Target != "index" || indexPosition is not int position || Elements(at) is not { } indices || position >= indices.Count) return null;
        var text = repair.Text.StartsWith("-", StringComparison.Ordinal) ? "^" + repair.Text.Substring(1) : repair.Text;
        var old = indices[position];
        return IsNumber(old) || old is PrefixUnaryExpressionSyntax { Operand: LiteralExpressionSyntax } ? Fix.Replace($"Change {old} to {text}", old, text) : null;
    }

    Fix? AppendCall(Repair repair, IOperation at)
    {
        if (Operand(repair.Target, at)?.Syntax is not ExpressionSyntax operand) return null;
        var title = $"Insert {repair.Text}";
        return operand is IdentifierNameSyntax or InvocationExpressionSyntax or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax
            ? Fix.Insert(title, operand.SyntaxTree, operand.Span.End, repair.Text)
            : Fix.Replace(title, operand, $"({operand}){repair.Text}");
    }

    Fix? DeclareShape(Repair repair, IOperation at)
    {
        if (Operand(repair.Target, at) is not IParameterReferenceOperation { Parameter: var parameter }) return null;
        return parameter.Attribute(KnownTypes.ShapeAttribute)?.ApplicationSyntaxReference?.GetSyntax(source.Cancellation) is AttributeSyntax { ArgumentList: { } list }
            ? Fix.Replace($"Declare '{parameter.Name}' as [Shape({repair.Text})]", list, $"({repair.Text})")
            : null;
    }

    /// <summary>The tensor that is passed as a parameter of a tensor method or of Apply and Forward; the receiver is the first.</summary>
    static IOperation? Operand(string name, IOperation at)
    {
        if (at is not IInvocationOperation call) return null;
        var operand = call.Arguments.FirstOrDefault(a => a.Parameter?.Name == name && a.ArgumentKind == ArgumentKind.Explicit)?.Value
            ?? (call.Instance?.Type.IsTensor() == true ? call.Instance : call.Arguments.FirstOrDefault(a => a.Value.Type.IsTensor())?.Value);
        while (operand is IConversionOperation { IsImplicit: true } conversion) operand = conversion.Operand;
        return operand;
    }

    /// <summary>The expression that was written for an argument; null when it was left out.</summary>
    static SyntaxNode? ArgumentOf(string name, int element, IOperation at, Instance? layer)
    {
        if (layer is not null) return LayerArgument(name, layer);
        if (at is not IInvocationOperation call) return null;
        var argument = call.Arguments.FirstOrDefault(a => a.Parameter?.Name == name);
        if (argument is null or { ArgumentKind: ArgumentKind.DefaultValue }) return null;
        if (argument.ArgumentKind != ArgumentKind.ParamArray) return argument.Value.Syntax;
        var values = (argument.Value as IArrayCreationOperation)?.Initializer?.ElementValues;
        if (values is not { Length: > 0 } given) return null;
        return element >= 0 && element < given.Length ? given[element].Syntax : given.Length == 1 ? given[0].Syntax : null;
    }

    static ExpressionSyntax? LayerArgument(string name, Instance layer)
    {
        if (layer.Creation is not BaseObjectCreationExpressionSyntax creation) return null;
        var assigned = creation.Initializer?.Expressions.OfType<AssignmentExpressionSyntax>()
            .FirstOrDefault(a => a.Left is IdentifierNameSyntax property && string.Equals(property.Identifier.ValueText, name, StringComparison.OrdinalIgnoreCase));
        if (assigned is not null) return assigned.Right;
        var arguments = creation.ArgumentList?.Arguments ?? default;
        for (int i = 0; i < arguments.Count; i++)
        {
            var parameter = arguments[i].NameColon?.Name.Identifier.ValueText ?? (i < layer.Definition!.Constructor.Count ? layer.Definition.Constructor[i].Name : null);
            if (parameter == name) return arguments[i].Expression;
        }
        return null;
    }

    static IReadOnlyList<SyntaxNode>? Elements(IOperation indexer) => indexer.Syntax is ElementAccessExpressionSyntax element ? element.ArgumentList.Arguments.Select(a => (SyntaxNode)a.Expression).ToArray() : null;

    static bool IsNumber(SyntaxNode? node) => node is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NumericLiteralExpression }
        or PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.UnaryMinusExpression, Operand: LiteralExpressionSyntax };
}
