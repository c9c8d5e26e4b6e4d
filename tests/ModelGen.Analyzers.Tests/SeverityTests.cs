using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using ModelGen.Compiler.Shapes;
using ModelGen.Testing.Roslyn;

namespace ModelGen.Analyzers.Tests;

/// <summary>Severities follow .editorconfig, suppressions work, and advice that is off by default is a line away.</summary>
public class SeverityTests
{
    const string Wrong = """
        [Model]
        public partial class Net
        {
            public Tensor Forward([Shape("N", 8)] Tensor x) => x.Softmax(2);
        }
        """;

    const string Right = """
        [Model]
        public partial class Net
        {
            readonly Linear a = new(4);
            public Tensor Forward([Shape("N", 8)] Tensor x)
            {
                var hidden = x.Apply(a);
                foreach (var k in new[] { 1, 2 }) hidden = Tensor.Concat(1, hidden, hidden) * k;
                var (first, second) = (hidden[.., ..2], hidden.Sum(1));
                return first.Sum(1) + second;
            }
        }
        """;

    [Theory]
    [InlineData(ReportDiagnostic.Warn, DiagnosticSeverity.Warning)]
    [InlineData(ReportDiagnostic.Info, DiagnosticSeverity.Info)]
    public void A_severity_can_be_configured(ReportDiagnostic configured, DiagnosticSeverity expected) =>
        Assert.Equal(expected, Assert.Single(Analyze(Wrong, (Rules.Axis, configured))).Severity);

    [Fact]
    public void A_rule_can_be_turned_off() => Assert.Empty(Analyze(Wrong, (Rules.Axis, ReportDiagnostic.Suppress)));

    [Fact]
    public void A_pragma_suppresses_a_rule()
    {
        Assert.Empty(Analyze("#pragma warning disable MG0106\n" + Wrong));
        Assert.Single(Analyze("#pragma warning disable MG0105\n" + Wrong));
    }

    [Fact]
    public void Shapes_of_locals_are_off_until_a_line_turns_them_on()
    {
        Assert.Empty(Analyze(Right));
        var hints = Analyze(Right, (Rules.ShapeHint, ReportDiagnostic.Info));
        Assert.Equal(["'hidden' is [N, 4].", "'hidden' is [N, 8], then [N, 16].", "'first' is [N, 2].", "'second' is [N]."], hints.Select(h => h.GetMessage()));
        Assert.All(hints, h => Assert.Equal(h.GetMessage().Split('\'')[1], h.Location.SourceTree!.ToString().Substring(h.Location.SourceSpan.Start, h.Location.SourceSpan.Length)));
    }

    [Fact]
    public void Shapes_are_shown_up_to_the_first_mistake()
    {
        const string source = """
            [Model]
            public partial class Net
            {
                public Tensor Forward([Shape("N", 8)] Tensor x)
                {
                    var y = x.Sum(1);
                    var z = y.Softmax(1);
                    return z;
                }
            }
            """;
        Assert.Equal([(Rules.ShapeHint, "'y' is [N]."), (Rules.Axis, null)], Analyze(source, (Rules.ShapeHint, ReportDiagnostic.Info)).Select(d => (d.Id, d.Id == Rules.ShapeHint ? d.GetMessage() : null)));
    }

    [Fact]
    public void A_debug_build_is_pointed_out_on_request()
    {
        Assert.Contains("Release", Assert.Single(Analyze(Right, (Rules.DebugBuild, ReportDiagnostic.Info))).GetMessage(), StringComparison.Ordinal);
    }

    // The compiler hands .editorconfig lines to a compilation through this provider.
    static ImmutableArray<Diagnostic> Analyze(string source, params (string Id, ReportDiagnostic Severity)[] lines)
    {
        var compilation = TestCompilation.Of(source);
        return GeneratorRun.Analyze(compilation.WithOptions(compilation.Options.WithSyntaxTreeOptionsProvider(new EditorConfig(lines))));
    }

    sealed class EditorConfig((string Id, ReportDiagnostic Severity)[] lines) : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            severity = lines.FirstOrDefault(l => l.Id == diagnosticId).Severity;
            return lines.Any(l => l.Id == diagnosticId);
        }

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) => TryGetDiagnosticValue(null!, diagnosticId, cancellationToken, out severity);
    }
}
