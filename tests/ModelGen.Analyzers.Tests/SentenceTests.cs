using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ModelGen.Testing;
using ModelGen.Testing.Roslyn;

namespace ModelGen.Analyzers.Tests;

/// <summary>
/// Every sentence in which an op, a layer or a shape rule refuses something is said by a wrong model of <see cref="MistakeTests"/>. The
/// sentences are read from the source of the compiler, so that a new rule without such a model fails here.
/// </summary>
public class SentenceTests
{
    // Said by no model, because the public method checks the same with a better sentence before, or because C#'s own types keep it.
    static readonly string[] Backstops =
    [
        "floating-point", "takes integers", "needs tensors of one element type", "needs integer labels",   // Tensor and IntTensor are two types
        "takes [N, H, W, C]", "with a window of", "cannot apply a weight", "cannot split", "cannot multiply", "takes gates [N, T, ", "A loop over the steps of several tensors",   // inner ops of layers and loops
        "over axis", "elements cannot become",
        "The argument '",   // C# itself asks for arguments
        "A loss must be a scalar",   // MG0302 is said first
        "A model that decodes is not trained.",   // nobody asks for its gradient
    ];

    [Fact]
    public void Every_sentence_of_a_rule_is_said_by_a_test()
    {
        var said = MistakeTests.Mistakes.Values.AsParallel()
            .SelectMany(m => GeneratorRun.Analyze(TestCompilation.Of(AnalyzerHarness.Parse(m.Source).Source))).Select(d => d.GetMessage()).ToArray();
        var unsaid = Sentences().Where(s => !Backstops.Any(s.Text.Contains) && !said.Any(m => Regex.IsMatch(m, s.Pattern, RegexOptions.Singleline))).Select(s => $"{s.File}: {s.Text}").ToArray();
        Assert.True(unsaid.Length == 0, $"no wrong model makes ModelGen say:\n{string.Join("\n", unsaid)}");
    }

    static IEnumerable<(string File, string Text, string Pattern)> Sentences()
    {
        var compiler = Path.Combine(Repository.Root, "src", "Generator", "ModelGen.Compiler");
        foreach (var folder in new[] { "Ops", "Layers", "Shapes", "Surface", "Autodiff" })
            foreach (var file in Directory.EnumerateFiles(Path.Combine(compiler, folder), "*.cs", SearchOption.AllDirectories))
                foreach (var creation in TestCompilation.Tree(File.ReadAllText(file), file).GetRoot().DescendantNodes().OfType<ObjectCreationExpressionSyntax>())
                    if (creation is { Type: IdentifierNameSyntax { Identifier.ValueText: "ModelException" }, ArgumentList.Arguments: [_, var sentence, ..] })
                    {
                        var parts = Parts(sentence.Expression).ToArray();
                        if (parts.Any(p => p is { Length: > 3 })) yield return (Path.GetFileName(file), string.Concat(parts.Select(p => p ?? "…")), string.Concat(parts.Select(p => p is null ? ".*" : Regex.Escape(p))));
                    }
    }

    // The fixed texts of a sentence, and null for what is filled in.
    static IEnumerable<string?> Parts(ExpressionSyntax expression) => expression switch
    {
        LiteralExpressionSyntax literal => [literal.Token.ValueText],
        InterpolatedStringExpressionSyntax interpolated => interpolated.Contents.Select(c => c is InterpolatedStringTextSyntax text ? text.TextToken.ValueText : null),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum => Parts(sum.Left).Concat(Parts(sum.Right)),
        _ => [null],
    };
}
