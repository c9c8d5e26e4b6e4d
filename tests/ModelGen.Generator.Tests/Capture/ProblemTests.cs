using ModelGen.Compiler.Shapes;
using ModelGen.Testing.Roslyn;

namespace ModelGen.Generator.Tests.Capture;

/// <summary>Each mistake is one diagnostic, at the expression that is wrong. The wrong expression stands between [| and |].</summary>
public class ProblemTests
{
    public static TheoryData<string, string, string, string, string> Mistakes => new()
    {
        // id, part of the message, body of Forward, members, further types
        { Rules.FeatureCount, "declares 9 inputs, but its input 'x' is [N, 8]", "x.Apply(a).Relu().Apply(b)", "readonly Linear a = new(4) { InFeatures = [|9|] }, b = new(3);", "" },
        { Rules.MatMulSizes, "[N, 8] and [N, 8]", "[|x.MatMul(x)|]", "", "" },
        { Rules.Broadcast, "[N, 8] with [8, N]", "[|x + x.Transpose()|]", "", "" },
        { Rules.Reshape, "8*N elements", "[|x.Reshape(-1, 3)|]", "", "" },
        { Rules.Axis, "axis 2", "x.Softmax([|2|])", "", "" },
        { Rules.TensorDecision, "value of a tensor", "if ([|(float)x.Sum()|] > 0) return x; return x.Relu();", "", "" },
        { Rules.UnknownCall, "eager", "x * x.Sum().[|Item()|]", "", "" },
        { Rules.Construct, "'try'", "[|try { return x; } finally { }|]", "", "" },
        { Rules.Construct, "'lock'", "[|lock (this) { return x; }|]", "", "" },
        { Rules.UnknownCall, "no source", "x * [|GC.CollectionCount(0)|]", "", "" },
        { Rules.CreatedLayer, "created inside", "x.Apply([|new Linear(3)|])", "", "" },
        { Rules.ChangedState, "'calls'", "[|calls++|]; return x;", "int calls;", "" },
        { Rules.ChangedState, "list", "[|seen.Add(x)|]; return x;", "readonly List<Tensor> seen = [];", "" },
        { Rules.MutableStatic, "'scale'", "x * [|scale|]", "static float scale = 2; public static void Set() => scale = 3;", "" },
        { Rules.UnnamedLayer, "not held", "[|x.Apply(Layers.Shared)|]", "", "static class Layers { public static readonly Linear Shared = new(3); }" },
        { Rules.SymbolicSize, "known only at run time", "if ([|x.Shape[0] > 4|]) return x; return x.Relu();", "", "" },
        { Rules.SymbolicSize, "mean over an axis", "x / [|x.Shape[0]|]", "", "" },
        { Rules.Evaluation, "index 5", "x.Apply([|layers[5]|])", "readonly Linear[] layers = [new(3)];", "" },
        { Rules.Evaluation, "too deep", "if (x.Rank == 2) [|throw new InvalidOperationException(\"too deep\");|] return x;", "", "" },
        { Rules.Evaluation, "Division by zero", "x * [|(8 / zero)|]", "static readonly int zero = 0;", "" },
        { Rules.Budget, "nested", "Deep(x)", "static Tensor Deep(Tensor t) => [|Deep(t)|];", "" },
        { Rules.Budget, "steps", "int i = 0; while (i >= 0) { i = [|1|]; } return x;", "", "" },
        { Rules.Impure, "Random", "x * [|new Random(1)|].NextSingle()", "", "" },
        { Rules.Impure, "time", "x * [|DateTime.Now|].Second", "", "" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_one_diagnostic_at_its_expression(string id, string message, string body, string members, string types) => Expect(id, message, Captured.Model(body, members, types));

    public static TheoryData<string, string, string> Declarations => new()
    {
        { Rules.NotPartial, "not partial", "[Model] public class [|Net|] { public Tensor Forward([Shape(1)] Tensor x) => x; }" },
        { Rules.Nested, "nested", "partial class Outer { [Model] public partial class [|Net|] { public Tensor Forward([Shape(1)] Tensor x) => x; } }" },
        { Rules.Generic, "generic", "[Model] public partial class [|Net|]<T> { public Tensor Forward([Shape(1)] Tensor x) => x; }" },
        { Rules.ClassKind, "abstract", "[Model] public abstract partial class [|Net|] { public Tensor Forward([Shape(1)] Tensor x) => x; }" },
        { Rules.ClassKind, "a record", "[Model] public partial record [|Net|] { public Tensor Forward([Shape(1)] Tensor x) => x; }" },
        { Rules.ModelConstructor, "constructor with parameters", "[Model] public partial class [|Net|](int n) { public Tensor Forward([Shape(1)] Tensor x) => x * n; }" },
        { Rules.MissingForward, "no method", "[Model] public partial class [|Net|] { }" },
        { Rules.MissingInterface, ": ILayer", "[Layer] public partial class [|Block|] { public Tensor Forward(Tensor x) => x; }" },
        { Rules.ShapeAttribute, "has no [Shape]", "[Model] public partial class Net { public Tensor Forward(Tensor [|x|]) => x; }" },
        { Rules.ShapeAttribute, "contains 0", "[Model] public partial class Net { public Tensor Forward([[|Shape(0)|]] Tensor x) => x; }" },
        { Rules.Overload, "declared twice", "[Model] public partial class Net { public Tensor Forward([Shape(1)] Tensor x) => x; public Tensor [|Forward|]([Shape(1)] Tensor x, [Shape(1)] Tensor y) => x; }" },
        { Rules.EntrySignature, "returns int", "[Model] public partial class Net { public Tensor Forward([Shape(1)] Tensor x) => x; public int [|Loss|]([Shape(1)] Tensor x) => 1; }" },
        { Rules.UpdatedLayers, "names 'none'", "[Model] public partial class Net { public Tensor Forward([Shape(1)] Tensor x) => x; [Objective(Parameters = [[|\"none\"|]])] public Tensor L([Shape(1)] Tensor x) => x.Sum(); }" },
        { Rules.LayerName, "both named 'a'", "[Model] public partial class Net { readonly Linear a = new(1); [Layer(Name = \"a\")] readonly Linear [|b|] = new(1); public Tensor Forward([Shape(1)] Tensor x) => x; }" },
        { Rules.ReservedMember, "'Parameters' is also generated", "[Model] public partial class Net { public int [|Parameters|] => 3; public float Evaluate(string a, double b) => 1; public Tensor Forward([Shape(1)] Tensor x) => x; }" },
        { Rules.ReservedMember, "'state'", "[Model] public partial class Net { readonly Linear [|state|] = new(3); public Tensor Forward([Shape(1, 2)] Tensor x) => x.Apply(state); }" },
        { Rules.ScalarLoss, "[N, 2]", "[Model] public partial class Net { public Tensor Forward([Shape(\"N\", 2)] Tensor x) => x; public Tensor Loss([Shape(\"N\", 2)] Tensor x) => [|x|]; }" },
        { Rules.DeclaredResult, "[N, 3]", "[Model] public partial class Net { [return: [|Shape(\"N\", 3)|]] public Tensor Forward([Shape(\"N\", 2)] Tensor x) => x; }" },
    };

    [Theory]
    [MemberData(nameof(Declarations))]
    public void A_wrong_declaration_is_one_diagnostic(string id, string message, string source) => Expect(id, message, source);

    [Fact]
    public void Unsafe_blocks_must_be_allowed()
    {
        var diagnostic = Assert.Single(GeneratorRun.Analyze(TestCompilation.Of(unsafeBlocks: false, ModelTests.DigitNet)));
        Assert.Equal(Rules.UnsafeBlocks, diagnostic.Id);
    }

    [Fact]
    public void A_mistake_in_a_layer_of_another_file_is_reported_in_the_models_file()
    {
        const string block = "[Layer] public partial class Block : ILayer { readonly Linear a = new(3) { InFeatures = 5 }; public Tensor Forward(Tensor t) => t.Apply(a); }";
        var model = Captured.Model("x.Apply(first).Apply(second)", "readonly Block first = new(), second = new();");
        var diagnostic = Assert.Single(GeneratorRun.Analyze(TestCompilation.Of(model, block)));
        Assert.Equal((Rules.FeatureCount, "Net0.cs"), (diagnostic.Id, diagnostic.Location.SourceTree!.FilePath));
        Assert.Contains("Net1.cs, line 1: InFeatures = 5", diagnostic.GetMessage(), StringComparison.Ordinal);
        Assert.Equal("Net1.cs", diagnostic.AdditionalLocations[0].SourceTree!.FilePath);
    }

    [Fact]
    public void A_model_cannot_use_what_is_generated_from_it()
    {
        var run = new GeneratorRun(TestCompilation.Of(Captured.Model("Summary(1); return x;")));
        var diagnostic = Assert.Single(GeneratorRun.Analyze(run.Output));
        Assert.Equal((Rules.GeneratedMember, "Summary(1)"), (diagnostic.Id, diagnostic.Location.SourceTree!.ToString().Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length)));
    }

    [Fact]
    public void Analyzers_see_the_generated_half_and_say_nothing_of_it()
    {
        var run = new GeneratorRun(TestCompilation.Of(ModelTests.DigitNet));
        Assert.Equal(4, run.Files.Count);
        Assert.Empty(GeneratorRun.Analyze(run.Output).Select(d => d.ToString()));
    }

    [Fact]
    public void Nothing_is_said_while_the_compiler_complains()
    {
        Assert.Empty(GeneratorRun.Analyze(TestCompilation.Of(Captured.Model("x.Apply(missing).Reshape(-1, 3)"))));
        Assert.Empty(GeneratorRun.Analyze(TestCompilation.Of(Captured.Model("var y = ; return x.Reshape(-1, 3);"))));
    }

    static void Expect(string id, string message, string marked)
    {
        int start = marked.IndexOf("[|", StringComparison.Ordinal), end = marked.IndexOf("|]", StringComparison.Ordinal) - 2;
        var source = marked.Remove(end + 2, 2).Remove(start, 2);
        var all = GeneratorRun.Analyze(TestCompilation.Of(source));
        Assert.True(all.Length == 1, $"{all.Length} diagnostics:\n{string.Join("\n", all)}\n{source}");
        Assert.Equal(id, all[0].Id);
        Assert.Contains(message, all[0].GetMessage(), StringComparison.Ordinal);
        Assert.Equal(source[start..end].Trim('(', ')'), source.Substring(all[0].Location.SourceSpan.Start, all[0].Location.SourceSpan.Length).Trim('(', ')'));
        Assert.EndsWith($"docs/diagnostics/{id}.md", all[0].Descriptor.HelpLinkUri, StringComparison.Ordinal);
    }
}
