namespace ModelGen.Generator.Tests.Capture;

/// <summary>Each construct of C# that a compiled method may use, and the nodes that it becomes.</summary>
public class ConstructTests
{
    public static TheoryData<string, string, string, string, string> Constructs => new()
    {
        // what, body of Forward, members, further types, expected nodes after the input
        { "operators", "-(x + x) * 2f / 4", "", "", "%1=+(%0, %0); %2=-(%1); %3=2; %4=*(%2, %3); %5=4; %6=/(%4, %5) -> %6" },
        { "number on the left", "1 - x", "", "", "%1=1; %2=-(%1, %0) -> %2" },
        { "compound assignment", "var y = x; y *= 2; y += x; return y;", "", "", "%1=2; %2=*(%0, %1); %3=+(%2, %0) -> %3" },
        { "const and static readonly", "x * Half * Scale", "const float Half = 0.5f; static readonly float Scale = (float)Math.Sqrt(16);", "", "%1=0.5; %2=*(%0, %1); %3=4; %4=*(%2, %3) -> %4" },
        { "for loop", "for (int i = 1; i <= 2; i++) x = x * i; return x;", "", "", "%1=1; %2=*(%0, %1); %3=2; %4=*(%2, %3) -> %4" },
        { "foreach over steps", "var h = x[.., 0]; foreach (var s in x.Steps(1)) h = h * s; return h;", "", "", "%1=Select(%0, 1, 0); %2=ScanStep 1(%0, false); %3=ScanCarry(%1); %4=*(%3, %2); %5=ScanEnd([%4], []); %6=ScanResult 0(%5) -> %6" },
        { "while and do", "int i = 2; while (i > 1) { x = x.Relu(); i--; } do { x = x.Exp(); } while (i-- > 1); return x;", "", "", "%1=Relu(%0); %2=Exp(%1) -> %2" },
        { "foreach over layers", "foreach (var l in layers) x = l.Forward(x).Relu(); return x;", "readonly Linear[] layers = [new(4), new(2)];", "", "%1=layers.0(%0); %2=Relu(%1); %3=layers.1(%2); %4=Relu(%3) -> %4" },
        { "break and continue", "for (int i = 0; ; i++) { if (i == 1) continue; if (i > 2) break; x = x + i; } return x;", "", "", "%1=0; %2=+(%0, %1); %3=2; %4=+(%2, %3) -> %4" },
        { "if on a constant", "if (Deep) return x.Relu(); else return x.Exp();", "const bool Deep = false;", "", "%1=Exp(%0) -> %1" },
        { "conditional and coalesce", "(maybe?.Forward(x) ?? x) + (Deep ? x : x.Exp())", "readonly Linear? maybe = null; static readonly bool Deep = true;", "", "%1=+(%0, %0) -> %1" },
        { "conditional access", "l?.Forward(x) ?? x", "readonly Linear? l = new(3);", "", "%1=l(%0) -> %1" },
        { "switch statement", "switch (Mode) { case 1: return x.Exp(); case 2: x = x.Relu(); break; default: break; } return x;", "const int Mode = 2;", "", "%1=Relu(%0) -> %1" },
        { "switch expression", "Mode switch { Kind.A => x.Exp(), Kind.B => x.Relu(), _ => throw new InvalidOperationException() }", "static readonly Kind Mode = Kind.B;", "public enum Kind { A, B }", "%1=Relu(%0) -> %1" },
        { "patterns", "new object() is null ? x : (3 is > 2 and < 5 ? x.Relu() : x)", "", "", "%1=Relu(%0) -> %1" },
        { "shape as a value", "x.Reshape(x.Shape[0] * 2, x.Shape[1] / 2)", "", "", "%1=Reshape(%0, [2*N, 4]) -> %1" },
        { "rank as a value", "if (x.Rank == 2) return x.Relu(); return x;", "", "", "%1=Relu(%0) -> %1" },
        { "decidable size", "if (x.Shape[0] >= 1 && x.Shape[1] == 8) return x.Relu(); return x;", "", "", "%1=Relu(%0) -> %1" },
        { "indexers", "x[.., 0] + x[.., ^1]", "", "", "%1=Select(%0, 1, 0); %2=Select(%0, 1, -1); %3=+(%1, %2) -> %3" },
        { "ranges", "x[.., 1..^1][..,..2]", "", "", "%1=Slice(%0, 1, 1, -1, 1); %2=Slice(%1, 1, 0, 2, 1) -> %2" },
        { "split", "var p = x.Split(3, axis: 1); return p[2] + p[0][.., 0..2];", "", "", "%1=Slice(%0, 1, 0, 3, 1); %2=Slice(%0, 1, 3, 6, 1); %3=Slice(%0, 1, 6, 8, 1); %4=Slice(%1, 1, 0, 2, 1); %5=+(%3, %4) -> %5" },
        { "chunk and unbind", "var p = x.Chunk(4, 1)[^1].Unbind(1); return p[0] * p[1];", "", "", "%1=Slice(%0, 1, 0, 2, 1); %2=Slice(%0, 1, 2, 4, 1); %3=Slice(%0, 1, 4, 6, 1); %4=Slice(%0, 1, 6, 8, 1); %5=Select(%4, 1, 0); %6=Select(%4, 1, 1); %7=*(%5, %6) -> %7" },
        { "comparison operators", "Tensor.Where(x >= 1f, x, 2f)", "", "", "%1=1; %2=>=(%0, %1); %3=2; %4=Where(%2, %0, %3) -> %4" },
        { "enum argument", "x.Huber(x.Relu(), 0.5f, Reduction.Sum)", "", "", "%1=Relu(%0); %2=Huber(%0, %1, 0.5, 1) -> %2" },
        { "concat", "Tensor.Concat(1, x, x.Relu())", "", "", "%1=Relu(%0); %2=Concat(1, [%0, %1]) -> %2" },
        { "params of ints", "x.Sum(0) + x.Sum().Relu()", "", "", "%1=Sum(%0, [0]); %2=Sum(%0, []); %3=Relu(%2); %4=+(%1, %3) -> %4" },
        { "named arguments", "x.Softmax(axis: 0)", "", "", "%1=Softmax(%0, 0) -> %1" },
        { "filled tensors", "x + Tensor.Ones(8)", "", "", "%1=1; %2=BroadcastTo(%1, [8]); %3=+(%0, %2) -> %3" },
        { "helper method", "return Twice(Twice(x)); Tensor Twice(Tensor t) => t + t;", "", "", "%1=+(%0, %0); %2=+(%1, %1) -> %2" },
        { "instance and static methods", "Scale(Act(x), 3)", "static Tensor Act(Tensor t) => t.Relu(); Tensor Scale(Tensor t, float s = 2) => t * s;", "", "%1=Relu(%0); %2=3; %3=*(%1, %2) -> %3" },
        { "optional argument", "Scale(x)", "Tensor Scale(Tensor t, float s = 2) => t * s;", "", "%1=2; %2=*(%0, %1) -> %2" },
        { "extension method", "x.Swish()", "", "static class Acts { public static Tensor Swish(this Tensor t) => t * t.Sigmoid(); }", "%1=Sigmoid(%0); %2=*(%0, %1) -> %2" },
        { "lambda and delegate", "Func<Tensor, Tensor> f = t => t * k; return x.Apply(f);", "const float k = 3;", "", "%1=3; %2=*(%0, %1) -> %2" },
        { "method group", "x.Apply(l.Forward).Apply(Act)", "readonly Linear l = new(3); static Tensor Act(Tensor t) => t.Relu();", "", "%1=l(%0); %2=Relu(%1) -> %2" },
        { "recursion on a constant", "Deep(x, 2)", "static Tensor Deep(Tensor t, int n) => n == 0 ? t : Deep(t.Relu(), n - 1);", "", "%1=Relu(%0); %2=Relu(%1) -> %2" },
        { "tuples", "var (a, b) = (x.Relu(), x.Exp()); (a, b) = (b, a); return a - b;", "", "", "%1=Relu(%0); %2=Exp(%0); %3=-(%2, %1) -> %3" },
        { "tuple return", "var p = Two(x); return p.First + p.Item2;", "static (Tensor First, Tensor) Two(Tensor t) => (t.Relu(), t.Exp());", "", "%1=Relu(%0); %2=Exp(%0); %3=+(%1, %2) -> %3" },
        { "out and ref", "Both(x, out var a, ref x); return a + x;", "static void Both(Tensor t, out Tensor a, ref Tensor r) { a = t.Relu(); r = r.Exp(); }", "", "%1=Relu(%0); %2=Exp(%0); %3=+(%1, %2) -> %3" },
        { "iterator", "foreach (var t in Parts(x)) x = x + t; return x;", "static IEnumerable<Tensor> Parts(Tensor t) { yield return t.Relu(); for (int i = 0; i < 1; i++) yield return t.Exp(); }", "", "%1=Relu(%0); %2=Exp(%0); %3=+(%0, %1); %4=+(%3, %2) -> %4" },
        { "linq over layers", "layers.Aggregate(x, (t, l) => l.Forward(t))", "readonly List<Linear> layers = Enumerable.Range(1, 2).Select(i => new Linear(4 * i)).ToList();", "", "%1=layers.0(%0); %2=layers.1(%1) -> %2" },
        { "list of tensors", "var parts = new List<Tensor>(); for (int i = 0; i < 2; i++) parts.Add(x[.., i]); return parts[0] + parts[^1];", "", "", "%1=Select(%0, 1, 0); %2=Select(%0, 1, 1); %3=+(%1, %2) -> %3" },
        { "dictionary", "acts[\"exp\"](x)", "static readonly Dictionary<string, Func<Tensor, Tensor>> acts = new() { [\"relu\"] = t => t.Relu(), [\"exp\"] = t => t.Exp() };", "", "%1=Exp(%0) -> %1" },
        { "spread", "foreach (var l in all) x = x.Apply(l); return x;", "readonly Linear[] all = [.. new[] { new Linear(3) }, new(2)];", "", "%1=all.0(%0); %2=all.1(%1) -> %2" },
        { "shared weights", "x.Apply(a).Apply(b)", "readonly Linear a = new(8); Linear b => a;", "", "%1=a(%0); %2=a(%1) -> %2" },
        { "property with initialiser", "x.Apply(L)", "Linear L { get; } = new(5);", "", "%1=L(%0) -> %1" },
        { "constructor", "x.Apply(l)", "readonly Linear l; public Net() { l = new Linear(Size()) { Bias = false }; } static int Size() => 2 + 3;", "", "%1=l(%0) -> %1" },
        { "record and with", "x * (o with { Scale = o.Scale + 1 }).Scale", "static readonly Options o = new(2);", "public record Options(float Scale);", "%1=3; %2=*(%0, %1) -> %2" },
        { "struct is copied", "var p = new P { K = 1 }; var q = p; q.K = 5; return x * p.K;", "", "struct P { public int K; }", "%1=1; %2=*(%0, %1) -> %2" },
        { "user deconstruct", "var (a, b) = new Pair(x); return a + b;", "", "class Pair(Tensor t) { public void Deconstruct(out Tensor a, out Tensor b) { a = t.Relu(); b = t; } }", "%1=Relu(%0); %2=+(%1, %0) -> %2" },
        { "generic helper", "Id(Id<Tensor>(x)).Relu()", "static T Id<T>(T value) => value;", "", "%1=Relu(%0) -> %1" },
        { "virtual method", "act.Run(x)", "readonly Base act = new Derived();", "abstract class Base { public abstract Tensor Run(Tensor t); } class Derived : Base { public override Tensor Run(Tensor t) => t.Exp(); }", "%1=Exp(%0) -> %1" },
        { "interpolated text is for eager runs", "Console.WriteLine($\"{x.Shape[0]} {x.Rank:D2}\"); return x.Relu();", "", "", "%1=Relu(%0) -> %1" },
        { "partial method", "Act(x)", "private partial Tensor Act(Tensor t); private partial Tensor Act(Tensor other) => other.Relu();", "", "%1=Relu(%0) -> %1" },
        { "list pattern", "new[] { 1, 2, 3 } is [1, .., var last] ? x * last : x", "", "", "%1=3; %2=*(%0, %1) -> %2" },
        { "closure catches a fresh variable", "var fs = new List<Func<Tensor, Tensor>>(); foreach (var k in new[] { 2, 3 }) fs.Add(t => t * k); return fs[0](x);", "", "", "%1=2; %2=*(%0, %1) -> %2" },
    };

    [Theory]
    [MemberData(nameof(Constructs))]
    public void A_construct_is_evaluated(string what, string body, string members, string types, string expected)
    {
        var text = Captured.Forward(Captured.Model(body, members, types));
        Assert.NotEmpty(what);
        Assert.Equal("%0=in0; " + expected, text);
    }

    [Fact]
    public void Composites_are_inlined_and_named_by_their_path()
    {
        var spec = Captured.Spec(Captured.Model("foreach (var b in blocks) x = x.Apply(b); return x;", "readonly Block[] blocks = [new(8, 2), new(8, 3)];", """
            [Layer]
            public partial class Block(int width, int factor) : ILayer
            {
                readonly LayerNorm norm = new() { Epsilon = 1e-3f };
                readonly Linear up = new(factor * width), down = new(width) { Bias = false };
                public Tensor Forward(Tensor t) => t + t.Apply(norm).Apply(up).Relu().Apply(down);
            }
            """));
        Assert.Equal(["blocks.0.down", "blocks.0.norm", "blocks.0.up", "blocks.1.down", "blocks.1.norm", "blocks.1.up"], spec.Layers.Select(l => l.Path));
        Assert.Equal(24, spec.Layers[5].Arguments.Single().Sizes[0].Value);
        Assert.Equal(
            "%0=in0; %1=blocks.0.norm(%0); %2=blocks.0.up(%1); %3=Relu(%2); %4=blocks.0.down(%3); %5=+(%0, %4); %6=blocks.1.norm(%5); %7=blocks.1.up(%6); %8=Relu(%7); %9=blocks.1.down(%8); %10=+(%5, %9) -> %10",
            Captured.Text(spec.Functions[0]));
    }

    [Fact]
    public void A_composite_may_hold_a_layer_only_as_a_constructor_parameter()
    {
        const string residual = "[Layer] public partial class Residual<T>(T inner) : ILayer where T : ILayer { public Tensor Forward(Tensor t) => t + t.Apply(inner); }";
        var spec = Captured.Spec(Captured.Model("x.Apply(skip)", "readonly Residual<Linear> skip = new(new Linear(8));", residual));
        Assert.Equal("skip.inner", Assert.Single(spec.Layers).Path);
    }

    [Fact]
    public void Options_on_fields_name_and_freeze_layers()
    {
        var spec = Captured.Spec(Captured.Model("x.Apply(a).Apply(b)", "[Layer(Name = \"encoder\", Frozen = true)] readonly Linear a = new(4); readonly Linear b = new(2);"));
        Assert.Equal([("b", false), ("encoder", true)], spec.Layers.Select(l => (l.Path, l.Frozen)));
    }

    [Fact]
    public void Defaults_are_not_listed()
    {
        var spec = Captured.Spec(Captured.Model("x.Apply(a)", "readonly Linear a = new(4) { Bias = true, InFeatures = 8 };"));
        Assert.Equal(["outFeatures", "InFeatures"], Assert.Single(spec.Layers).Arguments.Select(a => a.Name));
    }

    [Fact]
    public void A_tuple_result_has_named_outputs()
    {
        var spec = Captured.Spec("""
            [Model]
            partial class Net
            {
                public (Tensor Mean, Tensor) Forward([Shape("N", 4)] Tensor x) => (x.Mean(), x);
                public Tensor Loss([Shape("N", 4)] Tensor x) => Forward(x).Mean;
                [Objective(Parameters = new string[] { })] public Tensor Other([Shape("N", 4)] Tensor x) => x.Sum();
            }
            """);
        Assert.Equal(["Mean", "output2"], spec.Functions[0].OutputNames);
        Assert.Equal(["Forward", "Loss", "Other"], spec.Functions.Select(f => f.Name));
        Assert.Equal("internal", spec.Accessibility);
    }

    [Fact]
    public void Layers_in_another_part_and_another_file_are_found()
    {
        var spec = Captured.Spec(
            "[Model] public partial class Net { public Tensor Forward([Shape(\"N\", 4)] Tensor x) => x.Apply(late); }",
            "public partial class Net { readonly Linear late = new(Sizes.Hidden); } static class Sizes { public static readonly int Hidden = 3; }");
        Assert.Equal("late", Assert.Single(spec.Layers).Path);
    }
}
