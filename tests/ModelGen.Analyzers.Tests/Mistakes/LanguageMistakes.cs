using static ModelGen.Analyzers.Tests.Mistake;

namespace ModelGen.Analyzers.Tests;

/// <summary>MG02xx: what C# may appear in a compiled method.</summary>
internal static class LanguageMistakes
{
    public static IEnumerable<Mistake> All => [.. Decisions, .. Constructs, .. Steps, .. Calls, .. State, .. Values];

    static IEnumerable<Mistake> Decisions =>
    [
        new("MG0201", "value of a tensor", "if ([|(float)x.Sum()|] > 0) return x; return x.Relu();", Fixed: "{ return Tensor.Where(x.Sum() > 0, x, x.Relu()); }"),
        new("MG0201", "value of a tensor", "if (0.5 <= [|(double)x.Sum()|]) { return x; } else return x.Relu();", Fixed: "{ return Tensor.Where(0.5f <= x.Sum(), x, x.Relu()); }"),
        new("MG0201", "value of a tensor", "var y = x; if ([|(float)x.Sum()|] > -1) y = x.Relu(); return y;", Fixed: "var y = x; y = Tensor.Where(x.Sum() > -1, x.Relu(), y); return y;"),
        new("MG0201", "value of a tensor", "Tensor y; if ([|(float)x.Sum()|] < 2) { y = x.Relu(); } else { y = -x; } return y;", Fixed: "Tensor y; y = Tensor.Where(x.Sum() < 2, x.Relu(), -x); return y;"),
        new("MG0201", "value of a tensor", "while ([|(double)x.Sum()|] > 0) x = x / 2; return x;"),
        new("MG0201", "value of a tensor", "[|(float)x.Mean()|] > 0 ? x : -x", Fixed: "=> Tensor.Where(x.Mean() > 0, x, -x);"),
        new("MG0201", "value of a tensor", "for (int i = 0; i < [|(float)x.Max()|]; i++) x = x + 1; return x;"),
        new("MG0201", "value of a tensor", "return F(x); static Tensor F(Tensor t) => [|(float)t.Sum()|] < 1 && t.Rank == 2 ? t : t.Relu();"),
    ];

    static IEnumerable<Mistake> Constructs =>
    [
        new("MG0202", "'try'", "[|try { return x; } finally { }|]"),
        new("MG0202", "'lock'", "[|lock (this) { return x; }|]"),
        new("MG0202", "'using'", "[|using (var s = new System.IO.MemoryStream()) { return x; }|]"),
        new("MG0202", "Reflection", "x * [|typeof(Net)|].Name.Length"),
        new("MG0202", "Anonymous", "return x * [|new { K = 2 }|].K;"),
        new("MG0202", "several dimensions", "var a = [|new int[2, 2]|]; return x;"),
        new("MG0202", "A tensor cannot be created", "x + [|new Tensor([1f, 2f], 2)|]"),
        new("MG0202", "ref local", "float k = 2; ref float [|r = ref k|]; return x * k;"),
        new Mistake("MG0202", "'goto'", "start: x = x.Relu(); if (x.Rank == 3) goto start; return x;").Marked("start: x = x.Relu();", "[|start: x = x.Relu();|]"),
        new("MG0202", "only inside a compiled method", "x + bias", "readonly Tensor bias = [|Tensor.Ones(8)|];"),
        new("MG0202", "'dynamic'", "dynamic d = 2; return x * (float)[|d.ToString().Length|];"),
    ];

    // Loops over the steps of a tensor.
    static IEnumerable<Mistake> Steps =>
    [
        new("MG0114", "'h' is [N, 8] before the first step and [] after it", "var h = x[.., 0]; foreach (var s in [|x.Steps(1)|]) h = s.Sum(); return h;", Inputs: Sequence),
        new("MG0202", "'i' changes from step to step, but is no tensor", "int i = 0; foreach (var s in [|x.Steps(1)|]) i++; return x * i;"),
        new("MG0202", "'h' changes from step to step, but is no tensor", "Tensor? h = null; foreach (var s in [|x.Steps(1)|]) h = h is null ? s : h + s; return h!;"),
        new("MG0202", "runs through all of them", "var h = x[.., 0]; foreach (var s in x.Steps(1)) [|{ h = h + s; break; }|] return h;"),
        new("MG0202", "'all' is not empty", "var all = new List<Tensor> { x[.., 0] }; foreach (var s in [|x.Steps(1)|]) all.Add(s); return x;"),
        new("MG0202", "'all' gets 2 items", "var all = new List<Tensor>(); foreach (var s in [|x.Steps(1)|]) { all.Add(s); all.Add(s); } return x;"),
        new("MG0208", "one tensor for each step", "var all = new List<Tensor>(); foreach (var s in x.Steps(1)) all.Add(s); return [|all[0]|];"),
        new("MG0202", "for 'foreach' alone", "Tensor.Stack(0, [|x.Steps(1)|])"),
        new("MG0106", "'Steps' is asked for axis 5", "var h = x[.., 0]; foreach (var s in [|x.Steps(5)|]) h = h + s; return h;"),
        new("MG0202", "'made' is changed by a step", "var made = new Dictionary<string, Tensor> { [\"h\"] = x[.., 0] }; foreach (var s in [|x.Steps(1)|]) made[\"h\"] = s; return x;"),
        new("MG0101", "", "var h = x[.., 0]; foreach (var s in x.Steps(1)) h = [|h + x|]; return h;", Inputs: Sequence),
    ];

    static IEnumerable<Mistake> Calls =>
    [
        new("MG0203", "eager", "x * x.Sum().[|Item()|]"),
        new("MG0203", "eager", "x * [|x.ToArray()|][0]"),
        new("MG0203", "no source", "x * [|GC.CollectionCount(0)|]"),
        new("MG0211", "cannot read files", "x * [|System.IO.File.ReadAllText(\"scale.txt\")|].Length"),
        new("MG0203", "no source", "x * [|new System.Text.StringBuilder()|].Length"),
        new("MG0203", "'Precision' of a tensor", "if ([|x.Precision|] == Precision.Float64) return x; return x.Relu();"),
        new("MG0204", "A Linear is created inside", "x.Apply([|new Linear(3)|])"),
        new("MG0204", "A Dropout is created inside", "var drop = [|new Dropout(0.5f)|]; return x.Apply(drop);"),
        new("MG0204", "A Block is created inside", "x.Apply([|new Block()|])", Types: "[Layer] public partial class Block : ILayer { readonly Linear inner = new(8); public Tensor Forward(Tensor t) => t.Apply(inner); }"),
        new("MG0207", "not held", "[|x.Apply(Layers.Shared)|]", Types: "static class Layers { public static readonly Linear Shared = new(3); }"),
        new("MG0207", "This Linear is not held", "[|x.Apply(holder.Inner)|]", "readonly Holder holder = new();", Types: "class Holder { public readonly Linear Inner = new(3); }"),
    ];

    static IEnumerable<Mistake> State =>
    [
        new("MG0205", "'calls'", "[|calls++|]; return x;", "int calls;"),
        new("MG0205", "'last'", "[|last = x|]; return x;", "Tensor? last; public Tensor? Last => last;"),
        new("MG0205", "list", "[|seen.Add(x)|]; return x;", "readonly List<Tensor> seen = [];"),
        new("MG0205", "array or list", "[|sizes[0] = 3|]; return x * sizes[0];", "readonly int[] sizes = [1, 2];"),
        new("MG0205", "'Scale'", "[|Scale = 2|]; return x * Scale;", "float Scale { get; set; } = 1;"),
        new("MG0205", "dictionary", "[|cache[\"x\"] = 2|]; return x;", "readonly Dictionary<string, int> cache = new() { [\"x\"] = 1 };"),
        new("MG0206", "'scale'", "x * [|scale|]", "static float scale = 2; public static void Set() => scale = 3;"),
        new("MG0206", "cannot be changed", "[|count = 3|]; return x;", "static int count; public static int Count => count;"),
        new("MG0206", "'Scale'", "x * [|Scale|]", "public static float Scale { get; set; } = 2;"),
    ];

    static IEnumerable<Mistake> Values =>
    [
        new("MG0208", "known only at run time", "if ([|x.Shape[0] > 4|]) return x; return x.Relu();"),
        new("MG0208", "mean over an axis", "x / [|x.Shape[0]|]"),
        new("MG0208", "known only at run time", "for (int i = 0; [|i < x.Shape[0]|]; i++) x = x + 1; return x;"),
        new("MG0208", "The length of an array", "var a = [|new int[x.Shape[0]]|]; return x;"),
        new("MG0209", "index 5", "x.Apply([|layers[5]|])", "readonly Linear[] layers = [new(3)];"),
        new("MG0209", "too deep", "if (x.Rank == 2) [|throw new InvalidOperationException(\"too deep\");|] return x;"),
        new("MG0209", "Division by zero", "x * ([|8 / zero|])", "static readonly int zero = 0;"),
        new("MG0209", "null", "[|x.Apply(none)|]", "readonly Linear none = null!;"),
        new("MG0209", "'gelu'", "[|acts[\"gelu\"]|](x)", "static readonly Dictionary<string, Func<Tensor, Tensor>> acts = new() { [\"relu\"] = t => t.Relu() };"),
        new("MG0210", "nested more than", "Deep(x)", "static Tensor Deep(Tensor t) => [|Deep(t)|];"),
        new("MG0210", "steps", "int i = 0; while (i >= 0) { i = [|1|]; } return x;"),
        new("MG0211", "Random", "x * [|new Random(1)|].NextSingle()"),
        new("MG0211", "time", "x * [|DateTime.Now|].Second"),
        new("MG0211", "", "x * [|Guid.NewGuid()|].ToByteArray()[0]"),
    ];
}
