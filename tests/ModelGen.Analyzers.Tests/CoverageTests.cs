using Microsoft.CodeAnalysis;
using ModelGen.Compiler.Codegen;
using ModelGen.CodeFixes;
using ModelGen.Compiler.Shapes;
using ModelGen.Testing.Roslyn;

namespace ModelGen.Analyzers.Tests;

/// <summary>Every rule is broken by a test; every fixable rule has a fix in one.</summary>
public class CoverageTests
{
    // These are tested elsewhere, or cannot be reached from C# that compiles.
    static readonly Dictionary<string, string> Elsewhere = new()
    {
        [Rules.UnsafeBlocks] = "a project option: Unsafe_blocks_must_be_allowed",
        [Rules.GeneratedMember] = "needs the generated half: ModelGen.Generator.Tests",
        [Rules.ElementType] = "C#'s own types (Tensor, IntTensor) keep it; shape tests of the ops break it",
        [Rules.ShapeHint] = "SeverityTests",
        [Rules.DebugBuild] = "SeverityTests",
        [Rules.Internal] = "a fault of ModelGen itself",
    };

    [Fact]
    public void Every_rule_is_broken_by_a_test() =>
        Assert.Equal(Catalogue.Rules.Select(r => r.Id).Order(StringComparer.Ordinal), MistakeTests.Mistakes.Values.Select(m => m.Id).Concat(Elsewhere.Keys).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_fixable_rule_is_fixed_by_a_test() =>
        Assert.Equal(new ModelCodeFixProvider().FixableDiagnosticIds.Where(i => i != Rules.UnsafeBlocks).Order(StringComparer.Ordinal),
            MistakeTests.Mistakes.Values.Where(m => m.Fixed is not null).Select(m => m.Id).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public async Task Unsafe_blocks_can_be_allowed_by_the_fix()
    {
        var document = AnalyzerHarness.Document("[Model] public partial class Net { public Tensor Forward([Shape(1)] Tensor x) => x; }");
        document = document.Project.WithCompilationOptions(((Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions)document.Project.CompilationOptions!).WithAllowUnsafe(false)).GetDocument(document.Id)!;
        var diagnostic = Assert.Single(GeneratorRun.Analyze((await document.Project.GetCompilationAsync())!));
        Assert.Equal(Rules.UnsafeBlocks, diagnostic.Id);
        var actions = new List<Microsoft.CodeAnalysis.CodeActions.CodeAction>();
        await new ModelCodeFixProvider().RegisterCodeFixesAsync(new(document, diagnostic, (action, _) => actions.Add(action), default));
        var operations = await Assert.Single(actions).GetOperationsAsync(default);
        var changed = operations.OfType<Microsoft.CodeAnalysis.CodeActions.ApplyChangesOperation>().Single().ChangedSolution.GetProject(document.Project.Id)!;
        Assert.Empty(GeneratorRun.Analyze((await changed.GetCompilationAsync())!));
    }

    [Fact]
    public void The_reserved_names_are_those_that_are_generated()
    {
        const string source = """
            [Model]
            public partial class Net
            {
                readonly Linear a = new(4);
                public Tensor Forward([Shape("N", 8)] Tensor x) => x.Apply(a);
                public Tensor Loss([Shape("N", 8)] Tensor x) => Forward(x).Mean();
                [Objective] public Tensor Other([Shape("N", 8)] Tensor x) => Forward(x).Square().Mean();
            }
            """;
        var output = new GeneratorRun(TestCompilation.Of(source)).Output;
        var generated = output.GetTypeByMetadataName("Net")!.GetMembers()
            .Where(m => m is { IsImplicitlyDeclared: false, CanBeReferencedByName: true } && m.Locations.All(l => l.SourceTree!.FilePath.Contains("Generator", StringComparison.Ordinal))).ToArray();
        string[] objectives = ["Loss", "Other"];
        Assert.Equal(GeneratedMembers.Names(objectives).Order(StringComparer.Ordinal), generated.Where(m => m is not IMethodSymbol).Select(m => m.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(GeneratedMembers.Methods(objectives).Order(StringComparer.Ordinal), generated.OfType<IMethodSymbol>().Select(m => m.Name).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Hovering_over_a_model_shows_its_layers()
    {
        const string source = "[Model] public partial class Net { readonly Linear a = new(4); public Tensor Forward([Shape(\"N\", 8)] Tensor x) => x.Apply(a); }";
        var text = new GeneratorRun(TestCompilation.Of(source)).Files["Net.g.cs"];
        Assert.Matches(@"///\s+a\s+Linear\s+\[N, 4\]\s+36", text);
        Assert.Contains("multiply-adds", text, StringComparison.Ordinal);
    }
}
