using ModelGen.Testing.Roslyn;

namespace ModelGen.Analyzers.Tests;

/// <summary>Each wrong model gives exactly one diagnostic, at the wrong expression; its fix gives a model without any.</summary>
public class MistakeTests
{
    internal static readonly IReadOnlyDictionary<string, Mistake> Mistakes = ShapeMistakes.All.Concat(OpMistakes.All).Concat(LayerMistakes.All).Concat(DeclarationMistakes.All).Concat(LanguageMistakes.All).Concat(DerivativeMistakes.All)
        .GroupBy(m => m.Id).SelectMany(g => g.Select((m, i) => (Name: $"{m.Id} #{i + 1}", Mistake: m))).ToDictionary(m => m.Name, m => m.Mistake);

    public static TheoryData<string> Names => [.. Mistakes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_mistake_is_one_diagnostic_and_its_fix_compiles(string name)
    {
        var mistake = Mistakes[name];
        var repaired = await AnalyzerHarness.Check(mistake.Id, mistake.Message, mistake.Source);
        if (mistake.Fixed is null)
        {
            Assert.True(repaired is null, $"a fix that the test does not expect:\n{repaired}");
            return;
        }
        Assert.True(repaired is not null, "there is no fix");
        Assert.Contains(mistake.Fixed, repaired, StringComparison.Ordinal);
        AnalyzerHarness.IsClean(repaired);
    }

    /// <summary>What is right, though it looks like a mistake.</summary>
    [Theory]
    [InlineData("an input that only a gradient of one's own reads", """
        [Model]
        public partial class Net
        {
            readonly Linear a = new(4);
            public Tensor Loss([Shape("N", 8)] Tensor x, [Shape("N", 4)] Tensor scale)
            {
                var y = x.Apply(a);
                return y.Square().WithGradient(y, dy => dy * scale).Mean();
            }
            public Tensor Forward([Shape("N", 8)] Tensor x) => x.Apply(a);
        }
        """)]
    public void What_is_right_has_no_diagnostic(string what, string source)
    {
        Assert.NotEmpty(what);
        AnalyzerHarness.IsClean(source);
    }

    [Fact]
    public void There_are_enough_and_all_differ()
    {
        Assert.True(Mistakes.Count >= 150, $"{Mistakes.Count} erroneous models");
        Assert.Equal(Mistakes.Count, Mistakes.Values.Select(m => m.Source).Distinct().Count());
    }

    [Fact]
    public async Task Fix_all_repairs_every_place_of_a_rule()
    {
        const string source = """
            [Model]
            public partial class Net
            {
                readonly Linear a = new(4) { InFeatures = 9 }, b = new(4) { InFeatures = 7 }, c = new(4) { InFeatures = 8 };
                public Tensor Forward([Shape("N", 8)] Tensor x) => x.Apply(a) + x.Apply(b) * x.Apply(c);
            }
            """;
        Assert.Equal(2, GeneratorRun.Analyze(TestCompilation.Of(source)).Length);
        var repaired = await AnalyzerHarness.FixAll(source, "MG0102");
        Assert.Equal(source.Replace("= 9", "= 8", StringComparison.Ordinal).Replace("= 7", "= 8", StringComparison.Ordinal), repaired);
        AnalyzerHarness.IsClean(repaired);
    }
}
