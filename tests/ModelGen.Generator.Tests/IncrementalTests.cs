using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis;
using ModelGen.Compiler.Shapes;
using ModelGen.Compiler.Spec;
using ModelGen.Generator.Tests.Capture;
using ModelGen.Testing.Roslyn;

namespace ModelGen.Generator.Tests;

/// <summary>Typing must cost nothing where it changes nothing.</summary>
public class IncrementalTests
{
    const string Net = """
        [Model]
        public partial class Net
        {
            readonly Block block = new(Sizes.Width);
            public Tensor Forward([Shape("N", 8)] Tensor x) => x.Apply(block).Relu();
        }
        """;
    const string Block = "[Layer] public partial class Block(int width) : ILayer { readonly Linear up = new(width); public Tensor Forward(Tensor t) => t.Apply(up); }";
    const string Elsewhere = "static class Sizes { public const int Width = 4; } static class Other { public static int F() { return 1; } }";

    static readonly IncrementalStepRunReason[] Cached = [IncrementalStepRunReason.Cached];

    static Compilation Project() => TestCompilation.Of(Net, Block, Elsewhere);

    [Fact]
    public void An_edit_in_a_body_elsewhere_runs_nothing()
    {
        var project = Project();
        var run = new GeneratorRun(project);
        Assert.IsType<CapturedModel>(Assert.Single(run.Values(StepNames.ModelSpecs)));
        run.Rerun(project.Edit("Net2.cs", s => s.Replace("return 1", "return 1 + 1 /* typed */", StringComparison.Ordinal)));
        Assert.Equal(Cached, run.Reasons(StepNames.ModelSpecs));
        Assert.Equal(Cached, run.Reasons(StepNames.Sources));
    }

    [Theory]
    [InlineData("Net0.cs", "readonly Block", "/* a comment */ readonly Block")]
    [InlineData("Net0.cs", "[Model]", "class Unrelated { }\n\n[Model]")]
    [InlineData("Net1.cs", "t.Apply(up)", "t  .Apply( up )")]
    [InlineData("Net2.cs", "static class Other", "static class Renamed")]
    public void An_edit_that_changes_no_meaning_ends_at_the_spec(string file, string from, string to)
    {
        var project = Project();
        var run = new GeneratorRun(project).Rerun(project.Edit(file, s => s.Replace(from, to, StringComparison.Ordinal)));
        Assert.Equal([IncrementalStepRunReason.Unchanged], run.Reasons(StepNames.ModelSpecs));
        Assert.Equal(Cached, run.Reasons(StepNames.Sources));
    }

    [Theory]
    [InlineData("Net0.cs", ".Relu()", ".Exp()")]
    [InlineData("Net1.cs", "new(width)", "new(2 * width)")]
    [InlineData("Net2.cs", "Width = 4", "Width = 5")]
    public void A_change_of_meaning_is_seen_wherever_it_stands(string file, string from, string to)
    {
        var project = Project();
        var edited = project.Edit(file, s => s.Replace(from, to, StringComparison.Ordinal));
        var run = new GeneratorRun(project).Rerun(edited);
        Assert.Equal([IncrementalStepRunReason.Modified], run.Reasons(StepNames.ModelSpecs));
        Assert.Equal(new GeneratorRun(edited).Files, run.Files);
    }

    [Fact]
    public void Edits_give_the_same_text_as_a_fresh_run()
    {
        var random = new Random(7);
        (string File, string From, string To)[] edits =
        [
            ("Net0.cs", ".Relu()", ".Exp()"), ("Net0.cs", ".Exp()", ".Relu().Relu()"), ("Net1.cs", "new(width)", "new(width + 1)"), ("Net1.cs", "up = new", "up = /* */ new"),
            ("Net2.cs", "Width = 4", "Width = 6"), ("Net2.cs", "Width = 6", "Width = 4"), ("Net2.cs", "return 1", "return 2"), ("Net2.cs", "return 2", "return 1"),
            ("Net0.cs", "\"N\", 8", "\"N\", 9"), ("Net0.cs", "\"N\", 9", "\"N\", 8"), ("Net1.cs", "t.Apply(up)", "t.Apply(up).Relu()"), ("Net2.cs", "F()", "F(int x = 0)"),
        ];
        var project = Project();
        var run = new GeneratorRun(project);
        for (int i = 0; i < 25; i++)
        {
            var (file, from, to) = edits[random.Next(edits.Length)];
            project = project.Edit(file, s => s.Replace(from, to, StringComparison.Ordinal));
            Assert.Equal(new GeneratorRun(project).Files, run.Rerun(project).Files);
        }
    }

    [Fact]
    public void The_same_source_gives_equal_specs_and_hashes()
    {
        ModelSpec first = Captured.Spec(ModelTests.DigitNet), second = Captured.Spec(ModelTests.DigitNet);
        Assert.NotSame(first, second);
        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
        Assert.NotEqual(first, Captured.Spec(ModelTests.DigitNet.Replace("new(64)", "new(65)", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_cached_value_holds_no_symbol()
    {
        var run = new GeneratorRun(TestCompilation.Of(ModelTests.DigitNet, Block));
        var broken = new GeneratorRun(TestCompilation.Of(ModelTests.DigitNet.Replace("new(64)", "new(64) { InFeatures = 3 }", StringComparison.Ordinal)));
        foreach (var value in run.Values(StepNames.ModelSpecs).Concat(run.Values(StepNames.LayerSpecs)).Concat(run.Values(StepNames.Sources)).Concat(broken.Values(StepNames.ModelSpecs)))
            Walk(value, value.GetType().Name, new HashSet<object>(ReferenceEqualityComparer.Instance));
    }

    static void Walk(object? value, string path, HashSet<object> seen)
    {
        if (value is null || value is string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value)) return;
        Assert.False(value is ISymbol or SyntaxNode or Compilation or Location or SyntaxTree or IOperation or SemanticModel, $"{path} is a {value.GetType().Name}");
        if (value is Dim or Shape) return;
        if (value is IEnumerable items)
            foreach (var item in items) Walk(item, path + "[]", seen);
        foreach (var field in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)) Walk(field.GetValue(value), $"{path}.{field.Name}", seen);
    }

    // Tests run without culture data, so the culture is made by hand.
    static CultureInfo Comma()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator, culture.NumberFormat.NegativeSign) = (",", ".", "−");
        return culture;
    }

    [Fact]
    public void Every_culture_gives_the_same_bytes()
    {
        const string source = "[Model] public partial class Net { readonly LayerNorm n = new() { Epsilon = 1e-3f }; public Tensor Forward([Shape(\"N\", 8)] Tensor x) => (x * 1.5f).Apply(n); public Tensor Loss([Shape(\"N\", 8)] Tensor x) => Forward(x).Mean(); }";
        var invariant = new GeneratorRun(TestCompilation.Of(source)).Files;
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = Comma();
            Assert.Equal(invariant, new GeneratorRun(TestCompilation.Of(source)).Files);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
        Assert.All(invariant.Values, text => Assert.DoesNotContain('\r', text));
    }
}
