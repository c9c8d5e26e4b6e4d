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
        ("dropout NaN", s => s.Apply("Dropout", s.Float("N, 4"), false, ("probability", double.NaN)), Rules.Argument, "Layer 'layer' needs a probability in [0, 1), but it is NaN."),
    ];

    static readonly (string Name, Func<Surface, Node> Build, string Rule, string Message)[] Further =
    [
        ("where", s => s.Call("Where", s.Float("N, 3"), s.Float("N, 4"), s.Float("N, 1")), Rules.Broadcast,
            "'Where' cannot combine [N, 3] with [N, 4]: counted from the end, axis 0 has size 3 on the left and 4 on the right; they must be equal, or one of them 1."),
        ("compare", s => s.Call("operator >", s.Float("2"), s.Float("3")), Rules.Broadcast,
            "'Greater' cannot combine [2] with [3]: counted from the end, axis 0 has size 2 on the left and 3 on the right; they must be equal, or one of them 1."),
        ("clamp", s => s.Call("Clamp", s.Float("3"), 2.0, 1.0), Rules.Argument, "'Clamp' needs a 'min' that is not above its 'max', but was given 2 and 1."),
        ("celu", s => s.Call("Celu", s.Float("3"), 0.0), Rules.Argument, "'Celu' needs an 'alpha' other than 0, but was given 0."),
        ("softshrink", s => s.Call("Softshrink", s.Float("3"), -1.0), Rules.Argument, "'Softshrink' needs a 'lambda' of at least 0, but was given -1."),
        ("glu", s => s.Call("Glu", s.Float("N, 5")), Rules.FeatureCount, "'Glu' halves axis 1 of [N, 5], whose 5 elements do not divide by 2."),
        ("prod", s => s.Call("Prod", s.Float("N, 5")), Rules.Argument, "'Prod' over axis 0 of [N, 5] needs a constant size, but N is known only at run time."),
        ("var of one", s => s.Call("Var", s.Float("N, 1"), new[] { 1 }), Rules.Argument,
            "'Var' over axes 1 of [N, 1] combines one element, whose unbiased variance does not exist: use Var(false, ...)."),
        ("norm", s => s.Call("Norm", s.Float("3"), 0.5), Rules.Argument, "'Norm' needs an order 'p' of at least 1, but was given 0.5."),
        ("squeeze", s => s.Call("Squeeze", s.Float("2, 3"), new[] { 1 }), Rules.Axis, "'Squeeze' removes axes of size 1, but axis 1 of [2, 3] has size 3."),
        ("unsqueeze", s => s.Call("Unsqueeze", s.Float("2, 3"), 3), Rules.Axis, "'Unsqueeze' is asked for a new axis 3 in [2, 3], but the result's axes are 0..2, or -3..-1 from the end."),
        ("stack", s => s.Call("Stack", 0, new[] { s.Float("2, 3"), s.Float("2, 4") }), Rules.Concat, "'Stack' needs tensors of one shape, but was given [2, 3] and [2, 4]."),
        ("tile", s => s.Call("Tile", s.Float("2, 3"), new[] { 2, 0 }), Rules.Argument, "'Tile' of [2, 3] needs repeats of at least 1, but was given 0."),
        ("roll", s => s.Call("Roll", s.Float("N, 3"), 1, 0), Rules.Argument, "'Roll' along axis 0 of [N, 3] needs a constant size, but N is known only at run time."),
        ("pad odd", s => s.Call("Pad", s.Float("2, 3"), new[] { 1 }), Rules.Argument,
            "'Pad' of [2, 3] needs two numbers for each axis that grows, the last axis first, but was given 1: (1)."),
        ("pad negative", s => s.Call("Pad", s.Float("2, 3"), new[] { 1, -1 }), Rules.Argument, "'Pad' of [2, 3] cannot add -1 elements to axis 1; use Slice to remove some."),
        ("pad reflect", s => s.Call("PadReflect", s.Float("2, 3"), new[] { 0, 3 }), Rules.Argument,
            "'PadReflect' of [2, 3] takes its 3 new elements of axis 1 from those that are there, of which it can use 2."),
        ("tril", s => s.Call("Tril", s.Float("3")), Rules.Rank, "'Tril' takes matrices [..., rows, columns], but was given [3]."),
        ("one hot", s => s.Call("OneHot", s.Int("N"), 0), Rules.Argument, "'OneHot' of [N] needs at least one class, but was given 0."),
        ("pixel shuffle", s => s.Call("PixelShuffle", s.Float("N, 6, 2, 2"), 2), Rules.FeatureCount,
            "'PixelShuffle' by 2 makes pixels of 4 channels each, but the 6 channels of [N, 6, 2, 2] do not divide by 4."),
        ("adaptive pool", s => s.Call("AdaptiveAvgPool2d", s.Float("N, 3, H, 4"), 2, 2), Rules.Window,
            "'AdaptiveAvgPool2d' needs a constant height of its input [N, 3, H, 4], but it is H; GlobalAvgPool2d takes any."),
        ("class weights", s => s.Call("CrossEntropy", s.Float("N, 10"), s.Int("N"), s.Float("9"), 0.0, null!, 0), Rules.SameShape,
            "'CrossEntropy' was given logits [N, 10] and class weights [9]: there must be one weight for each class, [10]."),
        ("smoothing", s => s.Call("CrossEntropy", s.Float("N, 10"), s.Int("N"), 1.5, null!, 0), Rules.Argument, "'CrossEntropy' needs a 'labelSmoothing' between 0 and 1, but it is 1.5."),
        ("nll labels", s => s.Call("Nll", s.Float("N, 10"), s.Int("M")), Rules.Labels,
            "'Nll' was given logits [N, 10] and labels [M]: the last axis of the logits counts the classes, so the labels must be [N]."),
        ("reduction", s => s.Call("Huber", s.Float("3"), s.Float("3"), 1.0, 3), Rules.Argument, "'Huber' needs a 'reduction' of Mean, Sum or None, but it is 3."),
        ("triplet", s => s.Call("TripletMargin", s.Float("N, 4"), s.Float("N, 4"), s.Float("N, 5")), Rules.SameShape,
            "'TripletMargin' compares element by element, but was given [N, 4] and the negative [N, 5]; both must have one shape."),
        ("group norm", s => s.Apply("GroupNorm", s.Float("N, 6, 2"), true, ("groups", 4)), Rules.Groups,
            "Layer 'layer' splits its channels into 4 groups, but 6 channels (its input is [N, 6, 2]) do not divide by 4."),
        ("instance norm", s => s.Apply("InstanceNorm2d", s.Float("N, 6, 1, 1"), true), Rules.Argument,
            "Layer 'layer' cannot normalise [N, 6, 1, 1]: each channel of an image has one value only, whose variance is zero."),
        ("transposed", s => s.Apply("ConvTranspose2d", s.Float("N, 3, 2, 2"), true, ("outChannels", 4), ("kernelSize", 2), ("stride", 2), ("outputPadding", 2)), Rules.Argument,
            "Layer 'layer' needs an 'outputPadding' below its stride of 2, but it is 2."),
        ("transposed away", s => s.Apply("ConvTranspose2d", s.Float("N, 3, 2, 2"), true, ("outChannels", 4), ("kernelSize", 2), ("padding", 2)), Rules.Window,
            "Layer 'layer' makes images of -1 x -1 of its input [N, 3, 2, 2]: its padding of 2 cuts off everything."),
        ("slopes", s => s.Apply("PRelu", s.Float("N, 3"), true, ("slopes", 4)), Rules.FeatureCount, "Layer 'layer' has 4 slopes, one for each channel, but its input [N, 3] has 3 channels."),
        ("batch norm 1d", s => s.Apply("BatchNorm1d", s.Float("N, 3, 2, 2"), true), Rules.Rank, "Layer 'layer' takes an input [N, C] or [N, C, L], but was given [N, 3, 2, 2]."),
    ];

    public static TheoryData<string> Names { get; } = new(Wrong.Concat(Further).Select(w => w.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_wrong_call_names_rule_and_shapes(string name)
    {
        var wrong = Wrong.Concat(Further).Single(w => w.Name == name);
        var error = Assert.Throws<ModelException>(() => wrong.Build(new Surface()));
        Assert.Equal(wrong.Message, error.Message);
        Assert.Equal(wrong.Rule, error.Id);
    }
}
