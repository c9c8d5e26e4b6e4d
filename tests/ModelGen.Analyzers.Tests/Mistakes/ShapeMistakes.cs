using static ModelGen.Analyzers.Tests.Mistake;

namespace ModelGen.Analyzers.Tests;

/// <summary>MG01xx: sizes of tensors and layers.</summary>
internal static class ShapeMistakes
{
    const string TwoBatches = "[Shape(\"N\", 8)] Tensor x, [Shape(\"M\", 8)] Tensor y";
    const string Queries = "[Shape(\"N\", \"T\", 8)] Tensor q, [Shape(\"N\", \"T\", 8)] Tensor k";

    public static IEnumerable<Mistake> All => [.. Broadcasting, .. Sizes, .. Ranks, .. Products, .. Reshapes, .. Axes, .. Windows, .. Joins, .. Indices, .. Labels, .. Groups, .. Arguments, .. SameShapes, .. Results];

    static IEnumerable<Mistake> Broadcasting =>
    [
        new("MG0101", "[N, 8] with [8, N]", "[|x + x.Transpose()|]"),
        new("MG0101", "size 8 on the left and 7 on the right", "[|x * Tensor.Ones(7)|]"),
        new("MG0101", "size N on the left and M on the right", "[|x - y|]", Inputs: TwoBatches),
        new("MG0101", "size T on the left and 128 on the right", "[|x + y|]", Inputs: "[Shape(\"N\", \"T\", 8)] Tensor x, [Shape(\"N\", 128, 8)] Tensor y"),
        new("MG0101", "size N on the left and 3 on the right", "[|x / Tensor.Full(2, 3, 8)|]"),
        new("MG0101", "[N, 4] with [N, 8]", "[|x.Apply(a) + x|]", "readonly Linear a = new(4);"),
        new("MG0101", "'Maximum'", "[|x.Maximum(Tensor.Ones(3))|]"),
        new("MG0101", "'Minimum'", "x.Relu().[|Minimum(x.Transpose())|]"),
        new("MG0101", "[N, 4] with [N, 8]", "var y = x.Apply(a); [|y += x|]; return y;", "readonly Linear a = new(4);"),
        new("MG0101", "size N on the left and 9 on the right", "[|x.BroadcastTo(9, 8)|]"),
        new("MG0101", "only axes of size 1", "[|x.BroadcastTo(8)|]"),
        new("MG0101", "[N, 8] with [N, 16]", "[|x + x.Apply(up).Relu()|]", "readonly Linear up = new(16);"),
        new("MG0101", "[N, 3, 16, 16] with [N, 3, 14, 14]", "[|x + x.Apply(c)|]", "readonly Conv2d c = new(3, 3);", Inputs: Image),
        new("MG0101", "[N, 3, 8, 8] with [N, 3, 16, 16]", "[|x.MaxPool2d(2) + x|]", Inputs: Image),
        new("MG0101", "[N, 8] with [8, N]", "return F(x, x.Transpose()); static Tensor F(Tensor a, Tensor b) => [|a + b|];"),
        new("MG0101", "[N, 8] with [N, 4]", "foreach (var layer in layers) x = [|x + x.Apply(layer)|]; return x;", "readonly Linear[] layers = [new(8), new(4)];"),
        new("MG0101", "[N, 8] with [N, 5]", "x.Apply(first).Apply(second)", "readonly Skip first = new(8), second = new(5);", Types:
            "[Layer] public partial class Skip(int width) : ILayer { readonly Linear inner = new(width); public Tensor Forward(Tensor t) => [|t + t.Apply(inner)|]; }"),
        new("MG0101", "size T on the left and N on the right", "[|x.Mean(2).Transpose() * x.Mean(2)|]", Inputs: Sequence),
        new("MG0101", "'MatMul' cannot combine [N] with [M]", "[|x.MatMul(y)|]", Inputs: "[Shape(\"N\", 4, 8)] Tensor x, [Shape(\"M\", 8, 4)] Tensor y"),
    ];

    static IEnumerable<Mistake> Sizes =>
    [
        new("MG0102", "declares 9 inputs, but its input 'x' is [N, 8], which has 8; change 9 to 8", "x.Apply(a)", "readonly Linear a = new(4) { InFeatures = [|9|] };", "InFeatures = 8"),
        new("MG0102", "declares 748 inputs", "x.Flatten().Apply(hidden)", "readonly Linear hidden = new(64) { InFeatures = [|748|] };", "InFeatures = 784", "[Shape(\"N\", 1, 28, 28)] Tensor x"),
        new("MG0102", "change 8 to 4", "x.Apply(a).Relu().Apply(b)", "readonly Linear a = new(4), b = new(3) { InFeatures = [|8|] };", "InFeatures = 4"),
        new("MG0102", "declares 1 channels", "x.Apply(c)", "readonly Conv2d c = new(4, 3) { InChannels = [|1|] };", "InChannels = 3", Image),
        new("MG0102", "change 8 to 16", "x.Apply(c1).Relu().Apply(c2)", "readonly Conv2d c1 = new(16, 3), c2 = new(4, 3) { InChannels = [|8|] };", "InChannels = 16", Image),
        new("MG0102", "declares 16 features", "x.Apply(n)", "readonly LayerNorm n = new() { Features = [|16|] };", "Features = 8"),
        new("MG0102", "declares 8 channels", "x.Apply(n)", "readonly BatchNorm2d n = new() { Features = [|8|] };", "Features = 3", Image),
        new("MG0102", "flatten it to [N, 768] first", "[|x.Apply(a)|]", "readonly Linear a = new(10) { InFeatures = 768 };", "x.Flatten().Apply(a)", Image),
        new("MG0102", "flatten it to [N, 1024] first", "x.Apply(c).Relu().[|Apply(a)|]", "readonly Conv2d c = new(4, 3, padding: 1); readonly Linear a = new(10) { InFeatures = 1024 };", ".Relu().Flatten().Apply(a)", Image),
        new("MG0102", "constant number of inputs", "x.Transpose().[|Apply(a)|]", "readonly Linear a = new(4);"),
        new("MG0102", "constant number of features", "x.Transpose(1, 2).[|Apply(n)|]", "readonly LayerNorm n = new();", Inputs: Sequence),
        new("MG0102", "used twice with different shapes", "x.Apply(a).[|Apply(a)|]", "readonly Linear a = new(4);"),
        new("MG0102", "its input 'x' is [N, T, 8]", "x.Apply(a)", "readonly Linear a = new(4) { InFeatures = [|4|] };", "InFeatures = 8", Sequence),
        new("MG0102", "Layer 'layers.1' declares 8", "x.Apply(layers[0]).Apply(layers[1])", "readonly Linear[] layers = [new(4), new(2) { InFeatures = [|8|] }];", "InFeatures = 4"),
        new("MG0102", "declares 3 inputs", "x.Apply(a)", "readonly Linear a; public Net() { a = new Linear(4) { InFeatures = [|3|] }; }", "InFeatures = 8"),
        new("MG0102", "Layer 'block.inner' declares 5", "x.Apply(block)", "readonly Block block = new();", "InFeatures = 8", Types:
            "[Layer] public partial class Block : ILayer { readonly Linear inner = new(3) { InFeatures = [|5|] }; public Tensor Forward(Tensor t) => t.Apply(inner); }"),
        new("MG0102", "declares 9 inputs", "[|x.Apply(a)|]", "const int Width = 9; readonly Linear a = new(4) { InFeatures = Width };"),
        new("MG0102", "change 8 to 16", "Tensor.Concat(1, x, x).Apply(a)", "readonly Linear a = new(4) { InFeatures = [|8|] };", "InFeatures = 16"),
        new("MG0102", "which has 192; change 768 to 192", "x.MaxPool2d(2).Flatten().Apply(a)", "readonly Linear a = new(4) { InFeatures = [|768|] };", "InFeatures = 192", Image),
        new("MG0102", "change 4 to 8", "var y = x; for (int i = 0; i < 2; i++) y = y.Apply(a); return y;", "readonly Linear a = new(8) { InFeatures = [|4|] };", "InFeatures = 8"),
        Whole("MG0102", "declares 2 inputs", "[Model(Precision = Precision.Float64)] partial class Net { readonly Linear a = new(4) { InFeatures = [|2|] }; public Tensor Forward([Shape(8)] Tensor x) => x.Apply(a); }", "InFeatures = 8"),
        OfLoss("MG0102", "declares 7 inputs", "[Shape(\"N\", 8)] Tensor x", "Forward(x).Apply(critic).Mean()", "InFeatures = 5", members: "readonly Linear a = new(5), critic = new(1) { InFeatures = [|7|] };"),
    ];

    static IEnumerable<Mistake> Ranks =>
    [
        new("MG0103", "with 4 axes, but was given [N, 8], which has 2", "[|x.Apply(c)|]", "readonly Conv2d c = new(4, 3);"),
        new("MG0103", "images [N, C, H, W]", "[|x.MaxPool2d(2)|]"),
        new("MG0103", "'AvgPool2d'", "x.Relu().[|AvgPool2d(2)|]"),
        new("MG0103", "'GlobalAvgPool2d'", "[|x.GlobalAvgPool2d()|]", Inputs: Sequence),
        new("MG0103", "'n' takes an input [N, C, H, W]", "[|x.Apply(n)|]", "readonly BatchNorm2d n = new();"),
        new("MG0103", "but was given the scalar []", "x.Sum().[|Apply(a)|]", "readonly Linear a = new(4);"),
        new("MG0103", "but was given the scalar []", "x.Mean().[|Apply(n)|]", "readonly LayerNorm n = new();"),
        new("MG0103", "[N, 768]", "x.Flatten().[|Apply(c)|]", "readonly Conv2d c = new(4, 3);", Inputs: Image),
        new("MG0103", "[N, T, 8]", "[|x.MaxPool2d(2)|]", Inputs: Sequence),
        new("MG0103", "[3, 16, 16]", "[|x.Apply(c)|]", "readonly Conv2d c = new(4, 3);", Inputs: "[Shape(3, 16, 16)] Tensor x"),
    ];

    static IEnumerable<Mistake> Products =>
    [
        new("MG0104", "[N, 8] and [N, 8]", "[|x.MatMul(x)|]", Fixed: "x.MatMul(x.Transpose())"),
        new("MG0104", "the matching axis on the right has 7", "[|x.MatMul(Tensor.Ones(7, 3))|]"),
        new("MG0104", "the transpose of the right side fits: .Transpose() makes it [N, 8, T]", "[|q.MatMul(k)|]", Fixed: "q.MatMul(k.Transpose())", Inputs: Queries),
        new("MG0104", "the transpose of the left side fits: .Transpose() makes it [8, N]", "[|x.MatMul(y)|]", Fixed: "x.Transpose().MatMul(y)", Inputs: "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 3)] Tensor y"),
        new("MG0104", "multiply by a scalar with '*'", "[|x.MatMul(x.Sum())|]"),
        new("MG0104", "has 8 elements, but the matching axis on the right has 3", "[|x.MatMul(Tensor.Ones(3))|]"),
        new("MG0104", "has N elements, but the matching axis on the right has M", "x.Transpose().[|MatMul(y)|]", Inputs: TwoBatches),
        new("MG0104", "[N, 8] and [N, 8]", "x.Relu().[|MatMul(x)|]", Fixed: "MatMul(x.Transpose())"),
        new("MG0104", "fits: .Transpose() makes it [8, N]", "x.Relu().[|MatMul(x * 2)|]", Fixed: "MatMul((x * 2).Transpose())"),
        new("MG0104", "[N, T, 8] and [N, T, 8]", "q.Apply(new Attention().Score(k))", Fixed: "t.MatMul(k.Transpose())", Inputs: Queries, Types:
            "class Attention { public Func<Tensor, Tensor> Score(Tensor k) => t => [|t.MatMul(k)|]; }"),
    ];

    static IEnumerable<Mistake> Reshapes =>
    [
        new("MG0105", "8*N elements do not divide by 3", "[|x.Reshape(-1, 3)|]"),
        new("MG0105", "change 9 to 8", "x.Reshape(x.Shape[0], [|9|])", Fixed: "x.Reshape(x.Shape[0], 8)"),
        new("MG0105", "change 767 to 768", "x.Reshape(x.Shape[0], [|767|])", Fixed: "768", Inputs: Image),
        new("MG0105", "a size cannot be -2", "x.Reshape([|-2|], 8)", Fixed: "x.Reshape(-1, 8)"),
        new("MG0105", "only one size may be -1", "[|x.Reshape(-1, -1)|]"),
        new("MG0105", "8*N elements cannot become 9", "[|x.Reshape(3, 3)|]"),
        new("MG0105", "change 3 to 4", "x.Reshape(x.Shape[0], 2, [|3|])", Fixed: "2, 4)"),
        new("MG0105", "change 9 to 8", "x + Tensor.Ones(8).Reshape(1, [|9|])", Fixed: "Reshape(1, 8)"),
        new("MG0105", "change 5 to 4", "x.Reshape(x.Shape[0], x.Shape[1], 2, [|5|])", Fixed: "2, 4)", Inputs: Sequence),
        new("MG0105", "16*N elements", "x.Apply(a).[|Reshape(-1, 3)|]", "readonly Linear a = new(16);"),
        new("MG0105", "8*N*T elements do not divide by 12", "[|x.Reshape(-1, 12)|]", Inputs: Sequence),
    ];

    static IEnumerable<Mistake> Axes =>
    [
        new("MG0106", "axis 2, but the tensor is [N, 8]", "x.Softmax([|2|])", Fixed: "x.Softmax(1)"),
        new("MG0106", "axis -3", "x.Softmax([|-3|])", Fixed: "x.Softmax(-2)"),
        new("MG0106", "'Sum' is asked for axis 5", "x.Sum([|5|])", Fixed: "x.Sum(1)"),
        new("MG0106", "'Mean' is asked for axis 2", "x.Mean(0, [|2|])", Fixed: "x.Mean(0, 1)"),
        new("MG0106", "names an axis twice", "[|x.Sum(1, 1)|]"),
        new("MG0106", "names an axis twice", "[|x.Sum(1, -1)|]"),
        new("MG0106", "'Transpose' is asked for axis 2", "x.Transpose(0, [|2|])", Fixed: "x.Transpose(0, 1)"),
        new("MG0106", "'Permute' is asked for axis 2", "x.Permute(0, [|2|])", Fixed: "x.Permute(0, 1)"),
        new("MG0106", "each of its 2 axes once", "[|x.Permute(0, 0)|]"),
        new("MG0106", "each of its 2 axes once", "x.Permute([|1|])"),
        new("MG0106", "'Flatten' is asked for axis 3", "x.Flatten([|3|])", Fixed: "x.Flatten(1)"),
        new("MG0106", "'LogSoftmax' is asked for axis 4", "x.LogSoftmax(axis: [|4|])", Fixed: "axis: 1"),
        new("MG0106", "'Concat' is asked for axis 2", "Tensor.Concat([|2|], x, x)", Fixed: "Concat(1, x, x)"),
        new("MG0106", "'Max'", "x.Max([|2|])", Fixed: "x.Max(1)"),
        new("MG0106", "'Min'", "x.Min([|-4|])", Fixed: "x.Min(-2)"),
        new("MG0106", "'Select'", "x.Select([|2|], 0)", Fixed: "x.Select(1, 0)"),
        new("MG0106", "'Slice'", "x.Slice([|3|], 0, 1)", Fixed: "x.Slice(1, 0, 1)"),
        new("MG0106", "axes are 0..3", "x.Softmax([|4|])", Fixed: "x.Softmax(3)", Inputs: Image),
        new("MG0106", "it has no axes", "x.Sum().Softmax([|0|])"),
        new("MG0106", "axis 2", "x.Softmax([|Axis|])", "const int Axis = 2;"),
    ];

    static IEnumerable<Mistake> Windows =>
    [
        new("MG0107", "use a kernel of at most 16", "x.Apply(c)", "readonly Conv2d c = new(4, [|17|]);", "new(4, 16)", Image),
        new("MG0107", "window of 17", "x.MaxPool2d([|17|])", Fixed: "MaxPool2d(16)", Inputs: Image),
        new("MG0107", "is only 1", "x.MaxPool2d(4).MaxPool2d(4).MaxPool2d([|2|])", Fixed: "MaxPool2d(1)", Inputs: Image),
        new("MG0107", "window of 20", "x.AvgPool2d([|20|])", Fixed: "AvgPool2d(16)", Inputs: Image),
        new("MG0107", "half of its window of 2", "x.MaxPool2d(2, padding: [|2|])", Fixed: "padding: 1", Inputs: Image),
        new("MG0107", "but it is -1", "x.AvgPool2d(2, padding: [|-1|])", Fixed: "padding: 0", Inputs: Image),
        new("MG0107", "(9 elements, dilation 2)", "x.Apply(c)", "readonly Conv2d c = new(4, kernelSize: [|9|], dilation: 2);", "kernelSize: 8", Image),
        new("MG0107", "height of its input [N, 3, 4, 4] is only 4", "x.MaxPool2d(4).Apply(c)", "readonly Conv2d c = new(4, [|5|]);", "new(4, 4)", Image),
        new("MG0107", "the width of its input", "x.Apply(c)", "readonly Conv2d c = new(4, [|7|]);", "new(4, 5)", "[Shape(\"N\", 3, 9, 5)] Tensor x"),
        new("MG0107", "plus 2·1 of padding".Replace("plus ", ""), "x.Apply(c)", "readonly Conv2d c = new(4, [|19|], padding: 1);", "new(4, 18", Image),
    ];

    static IEnumerable<Mistake> Joins =>
    [
        new("MG0108", "[N, 8] and [8, N]", "[|Tensor.Concat(1, x, x.Transpose())|]"),
        new("MG0108", "along axis 1 they fit", "Tensor.Concat([|0|], x, x.Apply(a))", "readonly Linear a = new(4);", "Concat(1, x"),
        new("MG0108", "same number of axes", "[|Tensor.Concat(0, x, x.Sum(1))|]"),
        new("MG0108", "along axis 0 they fit", "Tensor.Concat([|1|], x, y)", Fixed: "Concat(0, x, y)", Inputs: TwoBatches),
        new("MG0108", "[N, 3, 8, 8]", "[|Tensor.Concat(1, x, x.MaxPool2d(2))|]", Inputs: Image),
        new("MG0108", "at least one tensor", "x + [|Tensor.Concat(0)|]"),
        new("MG0108", "along axis 1 they fit", "Tensor.Concat([|2|], x, x.Apply(c), x)", "readonly Conv2d c = new(5, 3, padding: 1);", "Concat(1, x", Image),
    ];

    static IEnumerable<Mistake> Indices =>
    [
        new("MG0109", "axis has 8 elements", "x[.., [|8|]]", Fixed: "x[.., 7]"),
        new("MG0109", "axis has 8 elements", "x[.., [|^9|]]", Fixed: "x[.., ^8]"),
        new("MG0109", "reaches outside", "x[.., [|..9|]]"),
        new("MG0109", "3 indices are given", "[|x[0, 0, 0]|]"),
        new("MG0109", "N elements, as few as 1", "x[[|1|]]"),
        new("MG0109", "selects nothing", "x[.., [|3..3|]]"),
        new("MG0109", "ends before it begins", "x[.., [|5..2|]]"),
        new("MG0109", "the last one is ^1", "[|x[.., ^0]|]"),
        new("MG0109", "it is empty", "[|x[.., ^0..]|]"),
        new("MG0109", "'Select' of index 8", "x.Select(1, [|8|])", Fixed: "x.Select(1, 7)"),
        new("MG0109", "reaches outside", "x.Slice(1, 0, [|9|])", Fixed: "x.Slice(1, 0, 8)"),
        new("MG0109", "a step of at least 1", "x.Slice(1, 0, 8, [|0|])", Fixed: "x.Slice(1, 0, 8, 1)"),
        new("MG0109", "reaches outside", "x.Slice(1, [|-9|], 8)", Fixed: "x.Slice(1, 0, 8)"),
        new("MG0109", "axis has 3 elements", "x[.., [|3|]]", Fixed: "x[.., 2]", Inputs: Image),
    ];

    static IEnumerable<Mistake> Labels =>
    [
        OfLoss("MG0110", "the labels must be [N]", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 1)] IntTensor label", "Forward(x).CrossEntropy([|label|])", "[Shape(\"N\")] IntTensor label"),
        OfLoss("MG0110", "labels [M]", "[Shape(\"N\", 8)] Tensor x, [Shape(\"M\")] IntTensor label", "Forward(x).CrossEntropy([|label|])", "[Shape(\"N\")] IntTensor label"),
        OfLoss("MG0110", "labels [10]", "[Shape(\"N\", 8)] Tensor x, [Shape(10)] IntTensor label", "Forward(x).CrossEntropy([|label|])", "[Shape(\"N\")] IntTensor label"),
        OfLoss("MG0110", "the labels must be [N, T]", "[Shape(\"N\", \"T\", 8)] Tensor x, [Shape(\"N\")] IntTensor label", "Forward(x).CrossEntropy([|label|])", "[Shape(\"N\", \"T\")] IntTensor label", shape: "\"N\", \"T\", 8"),
        OfLoss("MG0110", "logits [N, 3, 16, 5]", "[Shape(\"N\", 3, 16, 16)] Tensor x, [Shape(\"N\")] IntTensor label", "Forward(x).CrossEntropy([|label|])", shape: "\"N\", 3, 16, 16"),
        OfLoss("MG0110", "but was given the scalar []", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\")] IntTensor label", "Forward(x).Sum().[|CrossEntropy(label)|]"),
    ];

    static IEnumerable<Mistake> Groups =>
    [
        new("MG0111", "3 input channels", "x.Apply(c)", "readonly Conv2d c = new(4, 3, groups: [|2|]);", "groups: 1", Image),
        new("MG0111", "4 output channels", "x.Apply(c)", "readonly Conv2d c = new(4, 3, groups: [|3|]);", "groups: 1", Image),
        new("MG0111", "4 groups would", "x.Apply(c1).Apply(c2)", "readonly Conv2d c1 = new(16, 3), c2 = new(8, 3, groups: [|5|]);", "groups: 4", Image),
        new("MG0111", "16 input channels", "x.Apply(c1).[|Apply(c2)|]", "const int G = 3; readonly Conv2d c1 = new(16, 3), c2 = new(6, 3, groups: G);", Inputs: Image),
    ];

    static IEnumerable<Mistake> Arguments =>
    [
        new("MG0113", "'outFeatures' to be at least 1, but it is 0", "x.Apply(a)", "readonly Linear a = new([|0|]);", "new(1)"),
        new("MG0113", "but it is -3", "x.Apply(a)", "readonly Linear a = new([|-3|]);", "new(1)"),
        new("MG0113", "'outChannels'", "x.Apply(c)", "readonly Conv2d c = new([|0|], 3);", "new(1, 3)", Image),
        new("MG0113", "'kernelSize'", "x.Apply(c)", "readonly Conv2d c = new(4, [|0|]);", "new(4, 1)", Image),
        new("MG0113", "'stride'", "x.Apply(c)", "readonly Conv2d c = new(4, 3, stride: [|0|]);", "stride: 1", Image),
        new("MG0113", "'dilation'", "x.Apply(c)", "readonly Conv2d c = new(4, 3, dilation: [|0|]);", "dilation: 1", Image),
        new("MG0113", "'groups'", "x.Apply(c)", "readonly Conv2d c = new(4, 3, groups: [|0|]);", "groups: 1", Image),
        new("MG0113", "'padding' to be at least 0", "x.Apply(c)", "readonly Conv2d c = new(4, 3, padding: [|-1|]);", "padding: 0", Image),
        new("MG0111", "8 features do not divide by 3; 2 would", "x.Apply(a)", "readonly SelfAttention a = new([|3|]);", "new(2)", Sequence),
        new("MG0111", "'KeyValueHeads' 3", "x.Apply(a)", "readonly SelfAttention a = new(4) { KeyValueHeads = [|3|] };", "KeyValueHeads = 2", Sequence),
        new("MG0113", "has 8 positions, but its input [N, 9, 4] has 9", "x.Apply(p)", "readonly PositionEmbedding p = new([|8|]);", "new(9)", "[Shape(\"N\", 9, 4)] Tensor x"),
        new("MG0102", "takes an input [..., 4], as wide as its vectors, but was given [N, 8]", "[|e.Unembed(x)|]", "readonly Embedding e = new(5, 4);"),
        new("MG0113", "probability in [0, 1)", "x.Apply(d)", "readonly Dropout d = new([|1|]);"),
        new("MG0113", "-0.5", "x.Apply(d)", "readonly Dropout d = new([|-0.5f|]);"),
        new("MG0113", "'Epsilon'", "x.Apply(n)", "readonly LayerNorm n = new() { Epsilon = [|0|] };"),
        new("MG0113", "'Momentum'", "x.Apply(n)", "readonly BatchNorm2d n = new() { Momentum = [|2|] };", Inputs: Image),
        new("MG0113", "'MaxPool2d' needs 'kernelSize'", "x.MaxPool2d([|0|])", Fixed: "MaxPool2d(1)", Inputs: Image),
        new("MG0113", "'AvgPool2d' needs 'stride'", "x.AvgPool2d(2, stride: [|0|])", Fixed: "stride: 1", Inputs: Image),
        new("MG0113", "finite exponent", "x.Pow([|float.NaN|])"),
        new("MG0113", "must be a constant", "x.Softmax([|x.Shape[0]|])"),
        OfLoss("MG0113", "whose variance is zero", "[Shape(1, 8, 1, 1)] Tensor x", "[|Forward(x)|].Mean()".Replace("[|Forward(x)|]", "Forward(x)"), forward: "[|x.Apply(n)|]", shape: "1, 8, 1, 1", members: "readonly BatchNorm2d n = new();"),
    ];

    static IEnumerable<Mistake> SameShapes =>
    [
        OfLoss("MG0114", "[N, 5] and the target [N, 1]", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 1)] Tensor target", "Forward(x).MeanSquaredError([|target|])", "[Shape(\"N\", 5)] Tensor target"),
        OfLoss("MG0114", "reshape one of them", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\")] Tensor target", "Forward(x).MeanSquaredError([|target|])", "Forward(x).Flatten(0).Mean", members: "readonly Linear a = new(1);"),
        OfLoss("MG0114", "'BinaryCrossEntropyWithLogits'", "[Shape(\"N\", 8)] Tensor x, [Shape(5)] Tensor target", "Forward(x).BinaryCrossEntropyWithLogits([|target|])", "[Shape(\"N\", 5)] Tensor target"),
        OfLoss("MG0114", "the target [M, 5]", "[Shape(\"N\", 8)] Tensor x, [Shape(\"M\", 5)] Tensor target", "Forward(x).MeanSquaredError([|target|])", "[Shape(\"N\", 5)] Tensor target"),
        OfLoss("MG0114", "the target [5]", "[Shape(\"N\", 8)] Tensor x", "Forward(x).MeanSquaredError([|Tensor.Ones(5)|])"),
    ];

    static IEnumerable<Mistake> Results =>
    [
        Whole("MG0115", "declares the result [N, 3], but returns [N, 2]", "[Model] public partial class Net { [return: [|Shape(\"N\", 3)|]] public Tensor Forward([Shape(\"N\", 2)] Tensor x) => x; }", "[return: Shape(\"N\", 2)]"),
        Whole("MG0115", "but returns [M, N]", "[Model] public partial class Net { [return: [|Shape(\"N\", \"M\")|]] public Tensor Forward([Shape(\"N\", \"M\")] Tensor x) => x.Transpose(); }", "[return: Shape(\"M\", \"N\")]"),
        Whole("MG0115", "but returns []", "[Model] public partial class Net { [return: [|Shape(\"N\")|]] public Tensor Forward([Shape(\"N\")] Tensor x) => x.Sum(); }", "[return: Shape()]"),
    ];
}
