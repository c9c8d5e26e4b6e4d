using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ModelGen.Generator.Capture;

/// <summary>
/// A choice between two tensors by the value of a third becomes <c>Tensor.Where</c>: <c>(float)x.Sum() > 0 ? a : b</c>, an <c>if</c> that returns one or the
/// other, and an <c>if</c> that assigns to one variable.
/// </summary>
internal static class DecisionFixes
{
    const string Title = "Choose with Tensor.Where";

    /// <param name="operation">The cast of a tensor to a number.</param>
    public static Fix? For(IOperation operation)
    {
        if (operation.SemanticModel is not { } model || operation.Syntax is not CastExpressionSyntax cast || Comparison(cast) is not { } comparison) return null;
        SyntaxNode condition = comparison;
        while (condition.Parent is ParenthesizedExpressionSyntax parenthesised) condition = parenthesised;
        if (Condition(comparison, cast) is not { } test) return null;
        bool IsTensor(ExpressionSyntax? e) => e is not null && model.GetTypeInfo(e).Type.IsTensor();
        string Where(ExpressionSyntax a, ExpressionSyntax b) => $"Tensor.Where({test}, {a.WithoutTrivia()}, {b.WithoutTrivia()})";

        switch (condition.Parent)
        {
            case ConditionalExpressionSyntax choice when choice.Condition == condition && IsTensor(choice.WhenTrue) && IsTensor(choice.WhenFalse):
                return Fix.Replace(Title, choice, Where(choice.WhenTrue, choice.WhenFalse));
            case IfStatementSyntax branch when branch.Condition == condition:
                var otherwise = branch.Else?.Statement;
                if (Only(branch.Statement) is ReturnStatementSyntax { Expression: { } a } && IsTensor(a))
                {
                    var next = otherwise ?? Next(branch);
                    if (Only(next) is not ReturnStatementSyntax { Expression: { } b } || !IsTensor(b)) return null;
                    return Replace(branch, next!, $"return {Where(a, b)};");
                }
                if (Assigned(branch.Statement) is not { } set || !IsTensor(set.Right)) return null;
                if (otherwise is null) return Replace(branch, branch, $"{set.Left} = {Where(set.Right, set.Left)};");
                return Assigned(otherwise) is { } other && IsTensor(other.Right) && SyntaxFactory.AreEquivalent(set.Left, other.Left)
                    ? Replace(branch, branch, $"{set.Left} = {Where(set.Right, other.Right)};")
                    : null;
            default:
                return null;
        }
    }

    static Fix Replace(SyntaxNode first, SyntaxNode last, string text) =>
        new(Title, Location.Create(first.SyntaxTree, TextSpan.FromBounds(first.SpanStart, last.Span.End)), text);

    // The comparison that has the cast on one side.
    static BinaryExpressionSyntax? Comparison(CastExpressionSyntax cast)
    {
        SyntaxNode side = cast;
        while (side.Parent is ParenthesizedExpressionSyntax parenthesised) side = parenthesised;
        return side.Parent is BinaryExpressionSyntax
        {
            RawKind: (int)SyntaxKind.GreaterThanExpression or (int)SyntaxKind.GreaterThanOrEqualExpression or (int)SyntaxKind.LessThanExpression or (int)SyntaxKind.LessThanOrEqualExpression,
        } comparison ? comparison : null;
    }

    // The same comparison of tensors, whose other side must be a number that a float can take.
    static string? Condition(BinaryExpressionSyntax comparison, CastExpressionSyntax cast)
    {
        bool isLeft = comparison.Left.Span.Contains(cast.Span);
        var other = isLeft ? comparison.Right : comparison.Left;
        var number = other is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.UnaryMinusExpression, Operand: LiteralExpressionSyntax negative } ? negative : other as LiteralExpressionSyntax;
        if (number is null || !number.IsKind(SyntaxKind.NumericLiteralExpression)) return null;
        string text = number.Token.Value is double ? other.ToString().TrimEnd('d', 'D') + "f" : other.ToString(), tensor = cast.Expression.ToString();
        return isLeft ? $"{tensor} {comparison.OperatorToken.Text} {text}" : $"{text} {comparison.OperatorToken.Text} {tensor}";
    }

    static StatementSyntax? Only(StatementSyntax? statement) => statement is BlockSyntax block ? block.Statements.Count == 1 ? block.Statements[0] : null : statement;

    static AssignmentExpressionSyntax? Assigned(StatementSyntax statement) =>
        Only(statement) is ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: IdentifierNameSyntax } assignment } ? assignment : null;

    static StatementSyntax? Next(IfStatementSyntax branch) => branch.Parent is BlockSyntax block && block.Statements.IndexOf(branch) is var i && i + 1 < block.Statements.Count ? block.Statements[i + 1] : null;
}
