using Microsoft.CodeAnalysis;
using ModelGen.Compiler.Shapes;
using ModelGen.Testing.Roslyn;

namespace ModelGen.Generator.Tests;

/// <summary>While a person types, the source is wrong most of the time: nothing may crash, and the compiler alone may complain.</summary>
public class HalfTypedTests
{
    const string Source = """
        [Model]
        public partial class Net
        {
            const int Width = 8;
            readonly Linear[] layers = [new(Width) { Bias = false }, .. Enumerable.Range(1, 2).Select(i => new Linear(i * Width))];
            readonly Block? block = new(Width);
            public Tensor Forward([Shape("N", 8)] Tensor x)
            {
                Func<Tensor, Tensor> act = t => t.Relu();
                foreach (var layer in layers) x = act(x.Apply(layer));
                var (a, b) = Split(x);
                if (x.Rank is 2 and not 3) a += b * 2f; else a = -b;
                for (int i = 0; i < 2; i++) a = i switch { 0 => a.Exp(), _ => a };
                return block?.Forward(a[.., ..^1]) ?? a;
                (Tensor First, Tensor) Split(Tensor t) => (t[.., ..8], t[.., 8..]);
            }
            public Tensor Loss([Shape("N", 8)] Tensor x, [Shape("N")] IntTensor label) => Forward(x).CrossEntropy(label);
        }
        [Layer]
        public partial class Block(int width) : ILayer
        {
            readonly Linear up = new(width);
            public Tensor Forward(Tensor t) => t.Apply(up);
        }
        """;

    // Random variants in every run; MODELGEN_FUZZ_SECONDS=600 looks longer.
    static readonly int Seconds = int.TryParse(Environment.GetEnvironmentVariable("MODELGEN_FUZZ_SECONDS"), out int seconds) ? seconds : 15;

    const string MissingMember = "CS1061";   // of the generated half, before it is there

    /// <summary>The models and samples of this repository, by file name.</summary>
    public static TheoryData<string> Files { get; } = [.. typeof(HalfTypedTests).Assembly.GetManifestResourceNames().Where(n => n.EndsWith(".cs", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void No_broken_sample_breaks_the_generator_or_an_analyzer(string file)
    {
        var (source, tokens) = Read(file);
        var typing = new Typing(source);
        var random = new Random(file.Length);
        for (int i = 0; i < Math.Max(1, Seconds / 4); i++)
        {
            var token = tokens[random.Next(tokens.Length)];
            typing.Check(random.Next(4) switch
            {
                0 => source[..token.SpanStart],
                1 => source[..token.Span.End] + " }}",
                2 => source.Remove(token.SpanStart, token.Span.Length),
                _ => source.Insert(token.SpanStart, "1 "),
            });
        }
    }

    [Theory]
    [InlineData("samples/Digits/DigitNet.cs")]
    [InlineData("samples/CharLm/Gpt.cs")]
    public void A_sample_cut_at_every_token_boundary_breaks_nothing(string file)
    {
        var (source, tokens) = Read(file);
        var typing = new Typing(source);
        foreach (var token in tokens) typing.Check(source[..token.SpanStart]);
    }

    [Fact]
    public void A_model_with_a_token_cut_removed_or_dotted_gets_no_diagnostic_but_the_compilers()
    {
        var whole = TestCompilation.Of(Source);
        Assert.Empty(whole.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        Assert.Empty(GeneratorRun.Analyze(whole).Select(d => d.GetMessage()));
        foreach (var token in whole.SyntaxTrees[0].GetRoot().DescendantTokens())
            foreach (var text in (string[])[Source[..token.SpanStart], Source.Remove(token.SpanStart, token.Span.Length), Source.Insert(token.Span.End, ".")])
            {
                var compilation = whole.Edit("Net0.cs", _ => text);
                var found = GeneratorRun.Analyze(compilation);
                Assert.False(found.Any(d => d.Id == Rules.Internal), $"{string.Join("\n", found)}\n{text}");
                if (compilation.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error))
                    Assert.True(found.All(d => d.Id.StartsWith("MG00", StringComparison.Ordinal)), $"{string.Join("\n", found)}\n{text}");
            }
    }

    static (string Source, SyntaxToken[] Tokens) Read(string file)
    {
        using var reader = new StreamReader(typeof(HalfTypedTests).Assembly.GetManifestResourceStream(file)!);
        var source = reader.ReadToEnd();
        return (source, [.. TestCompilation.Tree(source, "Net0.cs").GetRoot().DescendantTokens()]);
    }

    /// <summary>One file while it is edited: the generator keeps what it knows from one state to the next, as in an IDE.</summary>
    sealed class Typing
    {
        readonly Compilation whole;
        readonly GeneratorRun run;

        public Typing(string source)
        {
            whole = TestCompilation.Of(source);
            run = new GeneratorRun(whole);
            Assert.Null(run.Result.Exception);
            Assert.Empty(GeneratorRun.Analyze(run.Output).Select(d => d.ToString()));   // no sample and no test model has a diagnostic
        }

        public void Check(string text)
        {
            var broken = whole.Edit("Net0.cs", _ => text);
            run.Rerun(broken);
            Assert.True(run.Result.Exception is null, $"{run.Result.Exception}\n{text}");
            var found = GeneratorRun.Analyze(run.Output);   // throws what an analyzer throws
            Assert.False(found.Any(d => d.Id == Rules.Internal), $"{string.Join("\n", found)}\n{text}");
            // What still is a program must not get an error from what was generated.
            if (broken.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error && d.Id != MissingMember)) return;
            var generated = run.Output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error && d.Location.SourceTree?.FilePath != "Net0.cs").ToArray();
            Assert.True(generated.Length == 0, $"{string.Join("\n", generated.Take(3))}\n{text}");
        }
    }
}
