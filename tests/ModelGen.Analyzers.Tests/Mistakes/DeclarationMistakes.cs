using static ModelGen.Analyzers.Tests.Mistake;

namespace ModelGen.Analyzers.Tests;

/// <summary>MG00xx, MG03xx and MG09xx: how classes and their compiled methods are declared, and what is left unused.</summary>
internal static class DeclarationMistakes
{
    const string Forward = "public Tensor Forward([Shape(\"N\", 2)] Tensor x) => x;";

    public static IEnumerable<Mistake> All => [.. Classes, .. Methods, .. Names, .. Training, .. Gradients, .. Advice];

    static IEnumerable<Mistake> Classes =>
    [
        Whole("MG0001", "'Net' is marked [Model] but is not partial", $"[Model] public class [|Net|] {{ {Forward} }}", "public partial class Net"),
        Whole("MG0001", "not partial", $"namespace A {{ [Model] sealed class [|Net|] {{ {Forward} }} }}", "sealed partial class Net"),
        Whole("MG0001", "'Block' is marked [Layer]", "[Layer] public class [|Block|] : ILayer { public Tensor Forward(Tensor x) => x; }", "public partial class Block"),
        Whole("MG0002", "nested in 'Outer'", $"partial class Outer {{ [Model] public partial class [|Net|] {{ {Forward} }} }}"),
        Whole("MG0002", "'Block' is nested in 'Outer'", "partial class Outer { [Layer] public partial class [|Block|] : ILayer { public Tensor Forward(Tensor x) => x; } }"),
        Whole("MG0003", "generic", $"[Model] public partial class [|Net|]<T> {{ {Forward} }}"),
        Whole("MG0004", "is abstract", $"[Model] public abstract partial class [|Net|] {{ {Forward} }}", "[Model] public partial class Net"),
        Whole("MG0004", "is static", "[Model] public static partial class [|Net|] { }".Replace("{ }", "{ public static int A => 1; public static Tensor Forward([Shape(2)] Tensor x) => x; }")),
        Whole("MG0004", "a record", $"[Model] public partial record [|Net|] {{ {Forward} }}"),
        Whole("MG0004", "file class", $"[Model] file partial class [|Net|] {{ {Forward} }}", "[Model] partial class Net"),
        Whole("MG0004", "a record", "[Layer] public partial record [|Block|] : ILayer { public Tensor Forward(Tensor x) => x; }"),
        Whole("MG0005", "constructor with parameters", "[Model] public partial class [|Net|](int n) { public Tensor Forward([Shape(1)] Tensor x) => x * n; }"),
        Whole("MG0005", "constructor with parameters", $"[Model] public partial class Net {{ public Net() {{ }} public [|Net|](int n) {{ _ = n; }} {Forward} }}"),
        Whole("MG0006", "The model 'Net' has no method", "[Model] public partial class [|Net|] { }"),
        Whole("MG0006", "no method", "[Model] public partial class [|Net|] { public Tensor forward([Shape(1)] Tensor x) => x; }"),
        Whole("MG0007", ": ILayer", "[Layer] public partial class [|Block|] { public Tensor Forward(Tensor x) => x; }", "class Block : ILayer {"),
        Whole("MG0007", ": ILayer", "class Base { } [Layer] public partial class [|Block|](int n) : IDisposable { public void Dispose() { } public Tensor Forward(Tensor x) => x * n; }", "(int n) : IDisposable, ILayer {"),
        new("MG0007", "The layer 'Block' does not say", "block.Forward(x)", "readonly Block block = new();", "class Block : ILayer {", Types:
            "[Layer] public partial class [|Block|] { readonly Linear inner = new(8); public Tensor Forward(Tensor t) => t.Apply(inner); }"),
    ];

    static IEnumerable<Mistake> Methods =>
    [
        Whole("MG0010", "'x' of 'Forward' has no [Shape]", "[Model] public partial class Net { public Tensor Forward(Tensor [|x|]) => x; }"),
        Whole("MG0010", "has no [Shape]", $"[Model] public partial class Net {{ readonly Linear a = new(2); public Tensor Forward([Shape(\"N\", 2)] Tensor x) => x.Apply(a); public Tensor Loss(Tensor [|x|]) => Forward(x).Mean(); }}", "Loss([Shape(\"N\", 2)] Tensor x)"),
        Whole("MG0010", "'label' of 'Loss' has no [Shape]", "[Model] public partial class Net { readonly Linear a = new(2); public Tensor Forward([Shape(\"N\", 2)] Tensor x) => x.Apply(a); public Tensor Loss([Shape(\"N\", 2)] Tensor x, IntTensor [|label|]) => Forward(x).CrossEntropy(label); }", "[Shape(\"N\")] IntTensor label"),
        Whole("MG0010", "contains 0", "[Model] public partial class Net { public Tensor Forward([[|Shape(0)|]] Tensor x) => x; }"),
        Whole("MG0010", "contains -1", "[Model] public partial class Net { public Tensor Forward([[|Shape(\"N\", -1)|]] Tensor x) => x; }"),
        Whole("MG0010", "contains \"2N\"", "[Model] public partial class Net { public Tensor Forward([[|Shape(\"2N\")|]] Tensor x) => x; }"),
        Whole("MG0010", "contains 2.5", "[Model] public partial class Net { public Tensor Forward([[|Shape(2.5)|]] Tensor x) => x; }"),
        Whole("MG0011", "declared twice", "[Model] public partial class Net { public Tensor Forward([Shape(1)] Tensor x) => x; public Tensor [|Forward|]([Shape(1)] Tensor x, [Shape(1)] Tensor y) => x + y; }"),
        Whole("MG0011", "'Loss' is declared twice", $"[Model] public partial class Net {{ readonly Linear a = new(1); {Forward} public Tensor Loss([Shape(2)] Tensor x) => x.Apply(a).Mean(); public Tensor [|Loss|]() => Tensor.Scalar(1); }}"),
        Whole("MG0012", "'Forward' is static", "[Model] public partial class Net { public static Tensor [|Forward|]([Shape(2)] Tensor x) => x; }", "public Tensor Forward"),
        Whole("MG0012", "'Forward' is generic", "[Model] public partial class Net { public Tensor [|Forward|]<T>([Shape(2)] Tensor x) => x; }"),
        Whole("MG0012", "'Loss' returns int", $"[Model] public partial class Net {{ {Forward} public int [|Loss|]([Shape(1)] Tensor x) => x.Rank; }}"),
        Whole("MG0012", "'Forward' returns", "[Model] public partial class Net { public Tensor[] [|Forward|]([Shape(2)] Tensor x) => [x]; }"),
        Whole("MG0012", "The parameter 'k'", "[Model] public partial class Net { public Tensor Forward([Shape(2)] Tensor x, int [|k|]) => x * k; }"),
        Whole("MG0012", "The parameter 'x'", "[Model] public partial class Net { public Tensor Forward([Shape(2)] ref Tensor [|x|]) => x; }"),
        Whole("MG0012", "is async", "[Model] public partial class Net { public async System.Threading.Tasks.Task<Tensor> [|Forward|]([Shape(2)] Tensor x) { await System.Threading.Tasks.Task.Yield(); return x; } }"),
    ];

    static IEnumerable<Mistake> Names =>
    [
        Whole("MG0013", "did you mean 'encoder'?", "[Model] public partial class Net { readonly Linear encoder = new(2); public Tensor Forward([Shape(2)] Tensor x) => x.Apply(encoder); [Objective(Parameters = [[|\"encodr\"|]])] public Tensor L([Shape(2)] Tensor x) => Forward(x).Sum(); }", "Parameters = [nameof(encoder)]"),
        Whole("MG0013", "names 'none'", $"[Model] public partial class Net {{ {Forward} [Objective(Parameters = [[|\"none\"|]])] public Tensor L([Shape(2)] Tensor x) => x.Sum(); }}"),
        Whole("MG0013", "names 'Forward'", "[Model] public partial class Net { readonly Linear a = new(2); public Tensor Forward([Shape(2)] Tensor x) => x.Apply(a); [Objective(Parameters = [nameof(a), [|nameof(Forward)|]])] public Tensor L([Shape(2)] Tensor x) => Forward(x).Sum(); }"),
        Whole("MG0014", "both named 'a'", "[Model] public partial class Net { readonly Linear a = new(1); [Layer(Name = \"a\")] readonly Linear [|b|] = new(1); public Tensor Forward([Shape(1)] Tensor x) => x.Apply(a).Apply(b); }"),
        Whole("MG0014", "must not be empty", "[Model] public partial class Net { [Layer(Name = \"a.b\")] readonly Linear [|a|] = new(1); public Tensor Forward([Shape(1)] Tensor x) => x.Apply(a); }"),
        Whole("MG0015", "'Parameters' is also generated", $"[Model] public partial class Net {{ public int [|Parameters|] => 3; public float Evaluate(string a, double b) => 1; {Forward} }}", "int MyParameters"),
        Whole("MG0015", "'state'", "[Model] public partial class Net { readonly Linear [|state|] = new(3); public Tensor Forward([Shape(1, 2)] Tensor x) => x.Apply(state); }", "x.Apply(myState)"),
        Whole("MG0015", "'Layout'", $"[Model] public partial class Net {{ const int [|Layout|] = 2; public int Twice => 2 * Layout; {Forward} }}", "2 * MyLayout"),
        Whole("MG0015", "'Save'", $"[Model] public partial class Net {{ public void [|Save|](string path) => Console.WriteLine(path); {Forward} }}", "MySave(string path)"),
        Whole("MG0016", "the precision Float64 and the storage BFloat16", "[Model(Precision = Precision.Float64, [|Storage = StorageFormat.BFloat16|])] public partial class Net { readonly Linear a = new(2); public Tensor Forward([Shape(2)] Tensor x) => x.Apply(a); }", "[Model(Precision = Precision.Float64)]"),
        Whole("MG0015", "'CriticStep'", "[Model] public partial class Net { readonly Linear a = new(2); public int [|CriticStep|]; public Tensor Forward([Shape(2)] Tensor x) => x.Apply(a); [Objective] public Tensor Critic([Shape(2)] Tensor x) => Forward(x).Sum(); }", "int MyCriticStep"),
    ];

    static IEnumerable<Mistake> Training =>
    [
        Whole("MG0302", "returns a tensor [N, 2]", "[Model] public partial class Net { readonly Linear a = new(2); public Tensor Forward([Shape(\"N\", 2)] Tensor x) => x.Apply(a); public Tensor Loss([Shape(\"N\", 2)] Tensor x) => [|Forward(x)|]; }", "=> Forward(x).Mean();"),
        OfLoss("MG0302", "returns a tensor [N, 5]", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 5)] Tensor y", "[|Forward(x) - y|]", "(Forward(x) - y).Mean()"),
        OfLoss("MG0302", "returns a tensor [5]", "[Shape(\"N\", 8)] Tensor x", "[|Forward(x).Sum(0)|]", "Forward(x).Sum(0).Mean()"),
        Whole("MG0302", "'Energy' returns a tensor [2]", "[Model] public partial class Net { readonly Linear a = new(2); public Tensor Forward([Shape(2)] Tensor x) => x.Apply(a); [Objective] public Tensor Energy([Shape(2)] Tensor x) { var y = Forward(x); return [|y|]; } }", "return y.Mean();"),
        OfLoss("MG0303", "does not depend on any trainable parameter", "[Shape(\"N\", 8)] Tensor x", "x.Mean()").Marked("Tensor Loss", "Tensor [|Loss|]"),
        Whole("MG0303", "to update 'critic', but does not depend on it", "[Model] public partial class Gan { readonly Linear generator = new(2), critic = new(1); public Tensor Forward([Shape(\"N\", 2)] Tensor z) => z.Apply(generator); [Objective(Parameters = [nameof(critic)])] public Tensor [|Fool|]([Shape(\"N\", 2)] Tensor z) => Forward(z).Mean(); public Tensor Loss([Shape(\"N\", 2)] Tensor z) => Forward(z).Apply(critic).Mean(); }"),
        Whole("MG0303", "does not depend on any trainable parameter", "[Model] public partial class Net { readonly Linear head = new(1); [Layer(Frozen = true)] readonly Linear body = new(2); public Tensor Forward([Shape(2)] Tensor x) => x.Apply(body).Apply(head); public Tensor [|Loss|]([Shape(2)] Tensor x) => x.Apply(body).Mean(); }"),
    ];

    static IEnumerable<Mistake> Gradients =>
    [
        OfLoss("MG0301", "'Loss' depends on the trainable parameters only through 'ToTensor()', and no gradient flows through that", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\")] Tensor y", "(Forward(x).ArgMax(1).[|ToTensor()|] - y).Abs().Mean()"),
        OfLoss("MG0301", "only through 'Forward(x) > y'", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 5)] Tensor y", "([|Forward(x) > y|]).Sum()"),
        OfLoss("MG0301", "only through 'Round()'", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 5)] Tensor y", "(Forward(x).[|Round()|] - y).Square().Mean()"),
        OfLoss("MG0301", "only through 'Sign()'", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 5)] Tensor y", "(Forward(x).Relu().Sum().[|Sign()|] * y).Mean()"),
        OfLoss("MG0301", "only through 'Equal(y)'", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\")] Tensor y", "Forward(x).ArgMax().ToTensor().[|Equal(y)|].Mean()"),
        Whole("MG0301", "'Hold' depends on 'head' only through 'Floor()'", "[Model] public partial class Net { readonly Linear body = new(2), head = new(1); public Tensor Forward([Shape(2)] Tensor x) => x.Apply(body).Apply(head); [Objective(Parameters = [nameof(head)])] public Tensor Hold([Shape(2)] Tensor x) => x.Apply(body).Mean() + Forward(x).[|Floor()|].Mean(); }"),
    ];

    static IEnumerable<Mistake> Advice =>
    [
        new("MG0902", "The layer 'b' is never applied", "x.Apply(a)", "readonly Linear a = new(2), [|b|] = new(3);", "readonly Linear a = new(2);"),
        new("MG0902", "The layer 'a' is never applied", "x.Apply(b)", "readonly Linear [|a|] = new(2), b = new(3);", "readonly Linear b = new(3);"),
        new("MG0902", "'unused'", "x.Relu()", "\n    readonly Dropout [|unused|] = new(0.1f);", "class Net"),
        new("MG0902", "'blocks'", "x.Relu()", "readonly Linear[] [|blocks|] = [new(2), new(3)];", "class Net"),
        new("MG0902", "'first.norm'", "x.Apply(first).Apply(second)", "readonly Block first = new(), second = new();", "Block : ILayer { readonly Linear inner", Types:
            "[Layer] public partial class Block : ILayer { readonly LayerNorm [|norm|] = new(); readonly Linear inner = new(8); public Tensor Forward(Tensor t) => t.Apply(inner); }"),
        new("MG0902", "'block'", "x.Relu()", "readonly Block [|block|] = new();", "class Net", Types:
            "[Layer] public partial class Block : ILayer { readonly Linear inner = new(8); public Tensor Forward(Tensor t) => t.Apply(inner); }"),
        new("MG0903", "The input 'y' has no influence", "x.Relu()", Inputs: "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 8)] Tensor [|y|]"),
        OfLoss("MG0903", "The input 'label' has no influence on what 'Loss' returns", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\")] IntTensor [|label|]", "Forward(x).Mean()"),
        new("MG0903", "'mask'", "var hidden = x * mask; return x;", Inputs: "[Shape(\"N\", 8)] Tensor x, [Shape(8)] Tensor [|mask|]"),
    ];
}
