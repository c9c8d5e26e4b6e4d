using ModelGen.Compiler.Ir;
using ModelGen.Compiler.Shapes;

namespace ModelGen.Compiler.Tests.Ops;

/// <summary>Wrong calls: each breaks one rule, and its message names the shapes and, where there is one, the number that would fit.</summary>
public sealed class ShapeErrorTests
{
    static readonly (string Name, Func<Surface, Node> Build, string Rule, string Message)[] Wrong =
    [
        ("broadcast", s => s.Call("operator +", s.Float("N, 784"), s.Float("N, 512")), Rules.Broadcast,
            "'+' cannot combine [N, 784] with [N, 512]: counted from the end, axis 0 has size 784 on the left and 512 on the right; they must be equal, or one of them 1."),
        ("matmul", s => s.Call("MatMul", s.Float("2, 3"), s.Float("4, 5")), Rules.MatMulSizes,
            "'MatMul' of [2, 3] and [4, 5]: the last axis on the left has 3 elements, but the matching axis on the right has 4; they must be equal."),
        ("pow infinite", s => s.Call("Pow", s.Float("3"), double.PositiveInfinity), Rules.Argument, "'Pow' needs a finite exponent, but was given Infinity."),
        ("relu of integers", s => s.Call("Relu", s.Int("3")), Rules.ElementType, "'Relu' needs floating-point tensors of one element type, but was given int[3]."),
        ("axis", s => s.Call("Softmax", s.Float("N, 5"), 2), Rules.Axis, "'Softmax' is asked for axis 2, but the tensor is [N, 5]: its axes are 0..1, or -2..-1 from the end."),
        ("axis twice", s => s.Call("Mean", s.Float("N, 5"), new[] { 1, -1 }), Rules.Axis, "'Mean' names an axis twice: 1, -1 of [N, 5]."),
        ("flatten", s => s.Call("Flatten", s.Float("5")), Rules.Axis, "'Flatten' is asked for axis 1, but the tensor is [5]: its axes are 0..0, or -1..-1 from the end."),
        ("slice beyond", s => s.Call("Slice", s.Float("N, 5"), 1, 2, 7), Rules.Index, "'Slice' from 2 to 7 along axis 1 of [N, 5] reaches outside: that axis has 5 elements."),
        ("slice symbolic", s => s.Call("Slice", s.Float("N, 5"), 0, 0, 3), Rules.Index, "'Slice' from 0 to 3 along axis 0 of [N, 5] reaches outside: that axis has N elements, as few as 1."),
        // A floor division may be 0, so even one element is not sure.
        ("select from halves", s => s.Call("Select", s.Call("AvgPool2d", s.Float("N, 3, 8, H"), 2, 4), 3, 1), Rules.Index,
            "'Select' of index 1 along axis 3 of [N, 3, 2, ⌊(H - 2)/4⌋ + 1] reaches outside: that axis has ⌊(H - 2)/4⌋ + 1 elements, as few as 1."),
        ("slice backwards", s => s.Call("Slice", s.Float("N, 5"), 1, 3, 2), Rules.Index, "'Slice' from 3 to 2 along axis 1 of [N, 5] ends before it begins: that axis has 5 elements."),
        ("slice nothing", s => s.Call("Slice", s.Float("N, 5"), 1, 2, 2), Rules.Index, "'Slice' from 2 to 2 along axis 1 of [N, 5] selects nothing: that axis has 5 elements."),
        ("slice step", s => s.Call("Slice", s.Float("N, 5"), 1, 0, 2, 0), Rules.Index, "'Slice' from 0 to 2 along axis 1 of [N, 5] needs a step of at least 1, but was given 0."),
        ("select", s => s.Call("Select", s.Float("4, 5"), 0, -5), Rules.Index, "'Select' of index -5 along axis 0 of [4, 5] reaches outside: that axis has 4 elements."),
        ("concat", s => s.Call("Concat", 0, new[] { s.Float("2, 3"), s.Float("2, 4") }), Rules.Concat,
            "'Concat' along axis 0 cannot join [2, 3] and [2, 4]: they must have the same number of axes, and all sizes but that of axis 0 must be equal; along axis 1 they fit."),
        ("concat nothing", s => s.Call("Concat", 0, Array.Empty<Node>()), Rules.Concat, "'Concat' needs at least one tensor."),
        ("permute", s => s.Call("Permute", s.Float("2, 3"), new[] { 0, 0 }), Rules.Axis, "'Permute' of [2, 3] needs each of its 2 axes once, but was given (0, 0)."),
        ("labels", s => s.Call("CrossEntropy", s.Float("N, 10"), s.Int("M")), Rules.Labels,
            "'CrossEntropy' was given logits [N, 10] and labels [M]: the last axis of the logits counts the classes, so the labels must be [N]."),
        ("labels with an axis", s => s.Call("CrossEntropy", s.Float("N, 10"), s.Int("N, 1")), Rules.Labels,
            "'CrossEntropy' was given logits [N, 10] and labels [N, 1]: the last axis of the logits counts the classes, so the labels must be [N]."),
        ("float labels", s => s.Call("CrossEntropy", s.Float("4, 10"), s.Float("4")), Rules.ElementType,
            "'CrossEntropy' needs floating-point logits and integer labels, but was given double[4, 10] and double[4]."),
        ("mse", s => s.Call("MeanSquaredError", s.Float("N, 1"), s.Float("N")), Rules.SameShape,
            "'MeanSquaredError' compares element by element, but was given [N, 1] and the target [N]; both must have one shape: reshape one of them."),
        ("bce", s => s.Call("BinaryCrossEntropyWithLogits", s.Float("N, 2"), s.Float("N")), Rules.SameShape,
            "'BinaryCrossEntropyWithLogits' compares element by element, but was given [N, 2] and the target [N]; both must have one shape."),
        ("pool rank", s => s.Call("MaxPool2d", s.Float("N, 8, 8"), 2), Rules.Rank, "'MaxPool2d' takes images [N, C, H, W], but was given [N, 8, 8]."),
        ("pool window", s => s.Call("MaxPool2d", s.Float("N, 3, 1, 8"), 2), Rules.Window,
            "'MaxPool2d' has a window of 2, but the height of its input [N, 3, 1, 8] is only 1; use a kernel of at most 1, or a padding of at least 1."),
        ("pool padding", s => s.Call("AvgPool2d", s.Float("N, 3, 8, 8"), 3, 1, 2), Rules.Window, "'AvgPool2d' needs a padding between 0 and half of its window of 3, which is 1, but it is 2."),
        ("pool stride", s => s.Call("AvgPool2d", s.Float("N, 3, 8, 8"), 3, 0), Rules.Argument, "'AvgPool2d' needs 'stride' to be at least 1, but it is 0."),
        ("pool size", s => s.Call("MaxPool2d", s.Float("N, 3, 8, 8"), 0), Rules.Argument, "'MaxPool2d' needs 'kernelSize' to be at least 1, but it is 0."),
        ("global pool", s => s.Call("GlobalAvgPool2d", s.Float("N, 8")), Rules.Rank, "'GlobalAvgPool2d' takes images [N, C, H, W], but was given [N, 8]."),
        ("linear features", s => s.Apply("Linear", s.Float("N, 784"), true, ("outFeatures", 10), ("InFeatures", 512)), Rules.FeatureCount,
            "Layer 'layer' declares 512 inputs, but its input 'x0' is [N, 784], which has 784; change 512 to 784."),
        ("conv rank", s => s.Apply("Conv2d", s.Float("N, 784"), true, ("outChannels", 4), ("kernelSize", 3)), Rules.Rank, "Layer 'layer' takes an input [N, C, H, W] with 4 axes, but was given [N, 784], which has 2."),
        ("conv window", s => s.Apply("Conv2d", s.Float("N, 3, 4, 2"), true, ("outChannels", 4), ("kernelSize", 5)), Rules.Window,
            "Layer 'layer' has a window of 5, but the height of its input [N, 3, 4, 2] is only 4; use a kernel of at most 4, or a padding of at least 1."),
        ("conv dilated", s => s.Apply("Conv2d", s.Float("N, 3, 4, 4"), true, ("outChannels", 4), ("kernelSize", 3), ("dilation", 4), ("padding", 1)), Rules.Window,
            "Layer 'layer' has a window of 9 (3 elements, dilation 4), but the height of its input [N, 3, 4, 4] is only 4 + 2·1 of padding; use a kernel of at most 2, or a padding of at least 3."),
        ("conv groups", s => s.Apply("Conv2d", s.Float("N, 6, 8, 8"), true, ("outChannels", 8), ("kernelSize", 3), ("groups", 4)), Rules.Groups,
            "Layer 'layer' splits its channels into 4 groups, but 6 input channels (its input is [N, 6, 8, 8]) do not divide by 4; 2 groups would."),
        ("conv output groups", s => s.Apply("Conv2d", s.Float("N, 6, 8, 8"), true, ("outChannels", 8), ("kernelSize", 3), ("groups", 3)), Rules.Groups,
            "Layer 'layer' splits its channels into 3 groups, but 8 output channels (its input is [N, 6, 8, 8]) do not divide by 3; 2 groups would."),
        ("conv stride", s => s.Apply("Conv2d", s.Float("N, 3, 8, 8"), true, ("outChannels", 4), ("kernelSize", 3), ("stride", 0)), Rules.Argument,
            "Layer 'layer' needs 'stride' to be at least 1, but it is 0."),
        ("conv padding", s => s.Apply("Conv2d", s.Float("N, 3, 8, 8"), true, ("outChannels", 4), ("kernelSize", 3), ("padding", -1)), Rules.Argument,
            "Layer 'layer' needs 'padding' to be at least 0, but it is -1."),
        ("conv symbolic channels", s => s.Apply("Conv2d", s.Float("N, C, 8, 8"), true, ("outChannels", 4), ("kernelSize", 3)), Rules.FeatureCount,
            "Layer 'layer' needs a constant number of channels, but its input [N, C, 8, 8] has C, which is known only at run time."),
        ("batch norm of one value", s => s.Apply("BatchNorm2d", s.Float("1, 4, 1, 1"), true), Rules.Argument,
            "Layer 'layer' cannot normalise [1, 4, 1, 1] in training: each channel has one value only, whose variance is zero."),
        ("batch norm rank", s => s.Apply("BatchNorm2d", s.Float("N, 4"), true), Rules.Rank, "Layer 'layer' takes an input [N, C, H, W] with 4 axes, but was given [N, 4], which has 2."),
        ("batch norm momentum", s => s.Apply("BatchNorm2d", s.Float("N, 4, 2, 2"), true, ("Momentum", 1.5)), Rules.Argument, "Layer 'layer' needs a 'Momentum' between 0 and 1, but it is 1.5."),
        ("layer norm epsilon", s => s.Apply("LayerNorm", s.Float("N, 4"), true, ("Epsilon", 0.0)), Rules.Argument, "Layer 'layer' needs a positive 'Epsilon', but it is 0."),
        ("layer norm scalar", s => s.Apply("LayerNorm", s.Float(""), true), Rules.Rank, "Layer 'layer' needs an input [..., features], but was given the scalar []."),
        ("dropout", s => s.Apply("Dropout", s.Float("N, 4"), true, ("probability", 1.0)), Rules.Argument, "Layer 'layer' needs a probability in [0, 1), but it is 1."),
        ("index select of floats", s => s.Call("IndexSelect", s.Float("5, 3"), 0, s.Float("4")), Rules.ElementType,
            "'IndexSelect' needs a floating-point tensor and integer indices, but was given double[5, 3] and double[4]."),
        ("index select axis", s => s.Call("IndexSelect", s.Float("5, 3"), 2, s.Int("4")), Rules.Axis, "'IndexSelect' is asked for axis 2, but the tensor is [5, 3]: its axes are 0..1, or -2..-1 from the end."),
        ("gather", s => s.Call("Gather", s.Float("5, 3"), 1, s.Int("4, 2")), Rules.SameShape, "'Gather' along axis 1 of [5, 3] was given the index [4, 2]: all sizes but that of axis 1 must be equal."),
        ("embedding of floats", s => s.Apply("Embedding", s.Float("4"), true, ("count", 5), ("width", 3)), Rules.ElementType, "Layer 'layer' takes integers, but was given double[4]."),
        ("embedding size", s => s.Apply("Embedding", s.Int("4"), true, ("count", 0), ("width", 3)), Rules.Argument, "Layer 'layer' needs 'count' to be at least 1, but it is 0."),
        ("embedding deviation", s => s.Apply("Embedding", s.Int("4"), true, ("count", 5), ("width", 3), ("Deviation", -1.0)), Rules.Argument, "Layer 'layer' needs a 'Deviation' of at least 0, but it is -1."),
        ("positions", s => s.Apply("PositionEmbedding", s.Float("N, 9, 3"), true, ("length", 8)), Rules.Argument, "Layer 'layer' has 8 positions, but its input [N, 9, 3] has 9."),
        ("positions symbolic", s => s.Apply("PositionEmbedding", s.Float("N, T, 3"), true, ("length", 8)), Rules.Argument, "Layer 'layer' has 8 positions, but its input [N, T, 3] has T, which is known only at run time."),
        ("rms norm epsilon", s => s.Apply("RmsNorm", s.Float("N, 4"), true, ("Epsilon", -1.0)), Rules.Argument, "Layer 'layer' needs a positive 'Epsilon', but it is -1."),
        ("attention heads", s => s.Apply("SelfAttention", s.Float("N, T, 10"), true, ("heads", 4)), Rules.Groups, "Layer 'layer' has 'heads' 4, but 10 features do not divide by 4; 2 would."),
        ("attention shared heads", s => s.Apply("SelfAttention", s.Float("N, T, 12"), true, ("heads", 6), ("KeyValueHeads", 4)), Rules.Groups, "Layer 'layer' has 'KeyValueHeads' 4, but 6 heads do not divide by 4; 3 would."),
        ("attention rank", s => s.Apply("SelfAttention", s.Float("8"), true, ("heads", 4)), Rules.Rank, "Layer 'layer' takes an input [..., length, width] with at least 2 axes, but was given [8]."),
        ("keys", s => s.Call("ScaledDotProductAttention", s.Float("N, T, 8"), s.Float("N, T, 7"), s.Float("N, T, 8"), false), Rules.MatMulSizes,
            "'ScaledDotProductAttention' of queries [N, T, 8] and keys [N, T, 7]: each query has 8 elements and each key 7; they must be equal."),
        ("values", s => s.Call("ScaledDotProductAttention", s.Float("N, T, 8"), s.Float("N, S, 8"), s.Float("N, T, 8"), false), Rules.MatMulSizes,
            "'ScaledDotProductAttention' of keys [N, S, 8] and values [N, T, 8]: there are S keys, but T values."),
        ("causal", s => s.Call("ScaledDotProductAttention", s.Float("N, 5, 8"), s.Float("N, 7, 8"), s.Float("N, 7, 8"), true), Rules.Argument,
            "'ScaledDotProductAttention' is causal, so it needs as many keys as queries, but was given 5 queries and 7 keys."),
        ("attention batch", s => s.Call("ScaledDotProductAttention", s.Float("N, 5, 8"), s.Float("M, 5, 8"), s.Float("M, 5, 8"), true), Rules.Broadcast,
            "'ScaledDotProductAttention' was given queries [N, 5, 8], keys [M, 5, 8] and values [M, 5, 8]: the axes before the last two must be equal, or the heads of the queries a multiple of those of keys and values."),
        ("rotary", s => s.Call("Rotary", s.Float("N, 5, 7")), Rules.Argument, "'Rotary' turns pairs of elements, so it needs [..., T, d] with an even constant d, but was given [N, 5, 7]."),
        ("sinusoidal", s => s.Call("AddSinusoidalPositions", s.Float("N, 5, 7")), Rules.Argument, "'AddSinusoidalPositions' needs [..., T, d] with an even constant d, but was given [N, 5, 7]."),
        ("recurrent rank", s => s.Apply("Lstm", s.Float("8"), true, ("hidden", 4)), Rules.Rank, "Layer 'layer' takes sequences [N, T, features] or one sequence [T, features], but was given [8], which has 1 axes."),
        ("recurrent features", s => s.Apply("Gru", s.Float("N, T, 8"), true, ("hidden", 4), ("InFeatures", 7)), Rules.FeatureCount,
            "Layer 'layer' declares 7 inputs, but its input 'x0' is [N, T, 8], which has 8; change 7 to 8."),
        ("recurrent layers", s => s.Apply("Rnn", s.Float("N, T, 8"), true, ("hidden", 4), ("Layers", 0)), Rules.Argument, "Layer 'layer' needs 'Layers' to be at least 1, but it is 0."),
        ("dropout NaN", s => s.Apply("Dropout", s.Float("N, 4"), false, ("probability", double.NaN)), Rules.Argument, "Layer 'layer' needs a probability in [0, 1), but it is NaN."),
    ];

    public static TheoryData<string> Names { get; } = new(Wrong.Select(w => w.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_wrong_call_names_rule_and_shapes(string name)
    {
        var wrong = Wrong.Single(w => w.Name == name);
        var error = Assert.Throws<ModelException>(() => wrong.Build(new Surface()));
        Assert.Equal(wrong.Message, error.Message);
        Assert.Equal(wrong.Rule, error.Id);
    }
}
