using static ModelGen.Analyzers.Tests.Mistake;

namespace ModelGen.Analyzers.Tests;

/// <summary>MG01xx: what single operations ask of their arguments. <see cref="SentenceTests"/> checks that none is left out.</summary>
internal static class OpMistakes
{
    const string Two = "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 8)] IntTensor i";
    const string Sequences = "[Shape(\"N\", 3, 16)] Tensor x";

    public static IEnumerable<Mistake> All => [.. Axes, .. Arguments, .. Images, .. Windows, .. Sums, .. Joins, .. Indices, .. Algebra, .. Transforms, .. Attention, .. Losses];

    static IEnumerable<Mistake> Axes =>
    [
        new("MG0106", "'Unsqueeze' is asked for a new axis 4 in [N, 8]", "x.Unsqueeze([|4|])", Fixed: "x.Unsqueeze(2)"),
        new("MG0106", "axes are 0..2", "x.Unsqueeze([|-4|])", Fixed: "x.Unsqueeze(-3)"),
        new("MG0106", "axis 1 of [N, 8] has size 8", "x.Squeeze([|1|])"),
        new("MG0106", "'Stack' is asked for a new axis 5", "Tensor.Stack([|5|], x, x)", Fixed: "Stack(2, x, x)"),
        new("MG0106", "'ArgMax' is asked for axis 2", "x.ArgMax([|2|]).ToTensor()", Fixed: "x.ArgMax(1)"),
        new("MG0106", "'CumSum' is asked for axis 3", "x.CumSum([|3|])", Fixed: "x.CumSum(1)"),
        new("MG0106", "'CumProd' is asked for axis -3", "x.CumProd([|-3|])", Fixed: "x.CumProd(-2)"),
        new("MG0106", "'Flip' is asked for axis 2", "x.Flip([|2|])", Fixed: "x.Flip(1)"),
        new("MG0106", "'LogSumExp' is asked for axis -3", "x.LogSumExp([|-3|])", Fixed: "x.LogSumExp(-2)"),
        new("MG0106", "'Chunk' is asked for axis 2", "x.Chunk(2, [|2|])[0]", Fixed: "x.Chunk(2, 1)[0]"),
        new("MG0102", "whose 3 elements do not divide by 2", "x.Glu([|1|])", Inputs: Sequences),
    ];

    static IEnumerable<Mistake> Arguments =>
    [
        new("MG0113", "'Clamp' needs a 'min' that is not above its 'max', but was given 2 and 1", "x.Clamp([|2|], 1)"),
        new("MG0113", "'Celu' needs an 'alpha' other than 0", "x.Celu([|0|])"),
        new("MG0113", "'Softshrink' needs a 'lambda' of at least 0, but was given -1", "x.Softshrink([|-1f|])"),
        new("MG0113", "'Norm' needs an order 'p' of at least 1, but was given 0.5", "x.Norm([|0.5f|], 1)"),
        new("MG0113", "combines one element, whose unbiased variance does not exist: use Var(false, ...)", "x.Sum(1).Unsqueeze(1).[|Var(1)|]"),
        new("MG0113", "use Std(false, ...)", "x.Slice(1, 0, 1).[|Std(1)|]"),
        new("MG0113", "'Prod' over axis 0 of [N, 8] needs a constant size", "x.Prod([|0|])"),
        new("MG0113", "'Roll' along axis 0 of [N, 8] needs a constant size", "x.Roll(1, [|0|])"),
        new("MG0113", "'Tile' of [N, 8] needs repeats of at least 1, but was given 0", "x.Tile([|0|], 1)", Fixed: "x.Tile(1, 1)"),
        new("MG0113", "'RepeatInterleave' of [N, 8] needs 'repeats' to be at least 1, but it is 0", "x.RepeatInterleave([|0|])", Fixed: "RepeatInterleave(1)"),
        new("MG0113", "'Arange' needs a count of at least 1, but it is -3", "x + Tensor.Arange([|-3|])"),
        new("MG0113", "'Split' of [N, 8] needs 'size' to be at least 1, but it is 0", "x.Split([|0|], 1)[0]", Fixed: "x.Split(1, 1)[0]"),
        new("MG0113", "'Chunk' of [N, 8] needs 'chunks' to be at least 1", "x.Chunk([|0|], 1)[0]", Fixed: "x.Chunk(1, 1)[0]"),
        new("MG0113", "'Split' along axis 0 of [N, 8] needs a constant size", "x.Split(2, [|0|])[0]"),
        new("MG0113", "needs two numbers for each axis that grows", "x.Pad([|1|])"),
        new("MG0113", "cannot add -1 elements to axis 1; use Slice", "x.Pad(0, [|-1|])", Fixed: "x.Pad(0, 0)"),
        new("MG0113", "takes its 8 new elements of axis 1 from those that are there, of which it can use 7", "[|x.PadReflect(8, 0)|]"),
        new("MG0113", "takes its 9 new elements", "[|x.PadCircular(9, 0)|]"),
        new("MG0113", "at least one class, but was given 0", "Tensor.OneHot(i, [|0|]).Sum(2) + x", Fixed: "OneHot(i, 1)", Inputs: Two),
        new("MG0113", "'RandomUniformLike' needs finite bounds with 'low' below 'high', but was given 2 and 1", "x.RandomUniformLike(2, [|1|])"),
        new("MG0113", "'RandomNormalLike' needs a 'standardDeviation' of at least 0, but it is -1", "x.RandomNormalLike(0, [|-1|])"),
        new("MG0103", "'Tril' takes matrices [..., rows, columns], but was given [8]", "x.Sum(0).[|Tril()|]"),
    ];

    static IEnumerable<Mistake> Images =>
    [
        new("MG0103", "'PixelShuffle' takes images [N, C, H, W], but was given [N, 8]", "[|x.PixelShuffle(2)|]"),
        new("MG0113", "'UpsampleNearest2d' needs 'factor' to be at least 1", "x.UpsampleNearest2d([|0|])", Fixed: "UpsampleNearest2d(1)", Inputs: Image),
        new("MG0102", "but the 3 channels of [N, 3, 16, 16] do not divide by 4", "x.PixelShuffle([|2|])", Inputs: Image),
        new("MG0102", "'PixelUnshuffle' by 3 needs a height and a width that divide by 3", "x.PixelUnshuffle([|3|])", Inputs: Image),
        new("MG0103", "'AdaptiveAvgPool2d' takes images [N, C, H, W]", "[|x.AdaptiveAvgPool2d(2, 2)|]"),
        new("MG0113", "'AdaptiveAvgPool2d' needs 'height' to be at least 1", "x.AdaptiveAvgPool2d([|0|], 2)", Fixed: "AdaptiveAvgPool2d(1, 2)", Inputs: Image),
        new("MG0107", "needs a constant width of its input [N, 3, 16, W], but it is W; GlobalAvgPool2d takes any", "[|x.AdaptiveAvgPool2d(2, 2)|]", Inputs: "[Shape(\"N\", 3, 16, \"W\")] Tensor x"),
        new("MG0103", "'GlobalMaxPool2d' takes images [N, C, H, W]", "[|x.GlobalMaxPool2d()|]"),
        new("MG0103", "'MaxPool1d' takes sequences [N, C, L], but was given [N, 8]", "[|x.MaxPool1d(2)|]"),
        new("MG0103", "'MaxPool3d' takes volumes [N, C, D, H, W], but was given [N, 3, 16, 16]", "[|x.MaxPool3d(2)|]", Inputs: Image),
        new("MG0107", "but the depth of its input [N, 3, 1, 8, 8] is only 1", "x.AvgPool3d([|2|])", Fixed: "AvgPool3d(1)", Inputs: "[Shape(\"N\", 3, 1, 8, 8)] Tensor x"),
        new("MG0107", "use a kernel of at most 16", "x.MaxPool1d([|17|])", Fixed: "MaxPool1d(16)", Inputs: Sequences),
    ];

    static IEnumerable<Mistake> Windows =>
    [
        new("MG0103", "'ResizeBilinear2d' takes images [N, C, H, W], but was given [N, 8]", "[|x.ResizeBilinear2d(4, 4)|]"),
        new("MG0113", "'ResizeNearest2d' needs 'width' to be at least 1, but it is 0", "x.ResizeNearest2d(4, [|0|])", Fixed: "x.ResizeNearest2d(4, 1)", Inputs: Image),
        new("MG0103", "'ResizeLinear1d' takes sequences [N, C, L], but was given [N, 8]", "[|x.ResizeLinear1d(4)|]"),
        new("MG0113", "'UpsampleBilinear2d' needs 'factor' to be at least 1", "x.UpsampleBilinear2d([|0|])", Fixed: "UpsampleBilinear2d(1)", Inputs: Image),
        new("MG0114", "'GridSample' of [N, 3, 16, 16] needs a grid [N, H', W', 2] of positions, but was given [N, 4, 4, 3]", "x.GridSample([|grid|])", Inputs: Image + ", [Shape(\"N\", 4, 4, 3)] Tensor grid"),
        new("MG0103", "'AffineGrid' takes maps [N, 2, 3], but was given [N, 8]", "[|x.AffineGrid(4, 4)|]"),
        new("MG0103", "'Conv2d' takes images [N, C, H, W] and a weight [O, C / groups, kh, kw] whose kernel has a constant size, but was given [N, 8] and [N, 8]", "[|x.Conv2d(x)|]"),
        new("MG0111", "'Conv2d' of [N, 3, 16, 16] in 1 groups needs a weight [O, 3 / 1, kh, kw] with O a multiple of 1, but was given [4, 2, 3, 3]", "x.Conv2d([|w|])", Inputs: Image + ", [Shape(4, 2, 3, 3)] Tensor w"),
        new("MG0103", "'Unfold2d' takes images [N, C, H, W], but was given [N, 8]", "[|x.Unfold2d(2)|]"),
        new("MG0113", "'Unfold2d' needs 'stride' to be at least 1, but it is 0", "x.Unfold2d(2, [|0|])", Fixed: "x.Unfold2d(2, 1)", Inputs: Image),
        new("MG0107", "'Unfold2d' has a window of 17", "x.Unfold2d([|17|])", Fixed: "x.Unfold2d(16)", Inputs: Image),
        new("MG0103", "'Fold2d' takes columns [N, C·kernelSize², L], but was given [N, 8]", "[|x.Fold2d(4, 4, 2)|]"),
        new("MG0102", "needs a multiple of 4 rows, but was given [N, 3, 16]", "[|x.Fold2d(4, 4, 2)|]", Inputs: Sequences),
        new("MG0114", "'Fold2d' to [N, 3, 5, 5] needs one column for each of its 25 windows, but was given [N, 3, 16], with 16", "[|x.Fold2d(5, 5, 1)|]", Inputs: Sequences),
    ];

    static IEnumerable<Mistake> Sums =>
    [
        new("MG0104", "'Einsum' of \"ni,nj->nj\": 'n' is N in one operand and 8 in another", "Tensor.Einsum([|\"ni,nj->nj\"|], x, x.Transpose())"),
        new("MG0104", "an axis of '...' is N in one operand and 3 in another", "Tensor.Einsum([|\"...i,...i->...i\"|], x, y)", Inputs: "[Shape(\"N\", 8)] Tensor x, [Shape(3, 8)] Tensor y"),
        new("MG0113", "'Einsum' cannot read \"ni;nj\"", "Tensor.Einsum([|\"ni;nj\"|], x)"),
        new("MG0113", "has 2 groups of letters, but was given 1 tensor", "Tensor.Einsum([|\"ni,nj->ij\"|], x)"),
        new("MG0103", "\"nij\" names 3 axes, but its tensor is [N, 8]", "Tensor.Einsum([|\"nij->n\"|], x)"),
        new("MG0113", "the result has 'k', which no operand has", "Tensor.Einsum([|\"ni->nk\"|], x)"),
        new("MG0113", "the result has 'n' twice", "Tensor.Einsum([|\"ni->nn\"|], x)"),
        new("MG0113", "\"nn\" has 'n' twice, a diagonal", "Tensor.Einsum([|\"nn->n\"|], x)"),
        new("MG0103", "'Diagonal' takes matrices [..., rows, columns] of constant sizes, but was given [N, 8]", "[|x.Diagonal()|]"),
        new("MG0113", "has diagonals -2 to 15, but 'offset' is 16", "x.Diagonal([|16|])", Fixed: "x.Diagonal(0)", Inputs: Sequences),
        new("MG0103", "'DiagonalMatrix' takes diagonals [..., n] of a constant size, but was given [N]", "x.Sum(1).[|DiagonalMatrix()|]"),
    ];

    static IEnumerable<Mistake> Joins =>
    [
        new("MG0108", "'Stack' needs at least one tensor", "x + [|Tensor.Stack(0)|]"),
        new("MG0108", "'Stack' needs tensors of one shape, but was given [N, 8] and [8, N]", "[|Tensor.Stack(0, x, x.Transpose())|]"),
    ];

    static IEnumerable<Mistake> Indices =>
    [
        new("MG0110", "The indices that 'best' gives lie in 0..7, but here they must lie in 0..4", "var best = x.ArgMax(1); return [|Tensor.OneHot(best, 5)|];"),
        new("MG0114", "all sizes but that of axis 1 must be equal", "[|x.Gather(1, i)|]", Inputs: "[Shape(\"N\", 8)] Tensor x, [Shape(\"M\", 2)] IntTensor i"),
        new("MG0114", "'SegmentSum' needs a segment for each part of [N, 8] along its first axis, but was given segments [M]", "x.SegmentSum([|s|], 4)", Inputs: "[Shape(\"N\", 8)] Tensor x, [Shape(\"M\")] IntTensor s"),
        new("MG0113", "'SegmentMax' needs a 'count' of at least 1, but it is 0", "x.SegmentMax(s, [|0|])", Fixed: "x.SegmentMax(s, 1)", Inputs: "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\")] IntTensor s"),
        new("MG0114", "'Scatter' along axis 1 of [N, 8] was given the index [M, 2]", "[|x.Scatter(1, i, s)|]", Inputs: "[Shape(\"N\", 8)] Tensor x, [Shape(\"M\", 2)] IntTensor i, [Shape(\"M\", 2)] Tensor s"),
        new("MG0114", "one element of its source for each index, but was given the source [N, 3] and the index [N, 2]", "x.ScatterAdd(1, i, [|s|])", Inputs: "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 2)] IntTensor i, [Shape(\"N\", 3)] Tensor s"),
        new("MG0113", "'TopK' along axis 1 of [N, 8] takes 1 to 8 elements, but 'k' is 9", "x.TopK([|9|]).Values", Fixed: "x.TopK(8)"),
        new("MG0113", "but 'k' is 0", "x.TopK([|0|], 0).Values", Fixed: "x.TopK(1, 0)"),
        new("MG0106", "'Sort' is asked for axis 2", "x.Sort([|2|]).Values", Fixed: "x.Sort(1)"),
        new("MG0106", "'ArgSort' is asked for axis -3", "x.ArgSort([|-3|]).ToTensor()", Fixed: "x.ArgSort(-2)"),
        new("MG0106", "'Shuffle' is asked for axis 2", "x.Shuffle([|2|])", Fixed: "x.Shuffle(1)"),
        new("MG0113", "'RandomPermutation' needs a count of at least 1, but it is 0", "x + Tensor.RandomPermutation([|0|]).ToTensor()", Fixed: "RandomPermutation(1)"),
        new("MG0106", "'IndexSelect' is asked for axis 2", "x.IndexSelect([|2|], i)", Fixed: "IndexSelect(1, i)", Inputs: Two),
    ];

    static IEnumerable<Mistake> Algebra =>
    [
        new("MG0104", "'Cholesky' takes square matrices [..., n, n], but was given [N, 8]", "[|x.Cholesky()|]"),
        new("MG0103", "'Inverse' takes square matrices [..., n, n], but was given [8]", "x.Sum(0).[|Inverse()|]"),
        new("MG0104", "'LogDeterminant' takes square matrices", "[|x.LogDeterminant()|]"),
        new("MG0104", "'Solve' with matrices [N, 8, 8] takes right sides [..., 8, m] or [..., 8], but was given [N, 4]", "y.Solve([|x|])", Inputs: "[Shape(\"N\", 4)] Tensor x, [Shape(\"N\", 8, 8)] Tensor y"),
        new("MG0104", "'SolveTriangular' with matrices [8, 8] takes right sides", "y.SolveTriangular([|x|], upper: true)", Inputs: "[Shape(4)] Tensor x, [Shape(8, 8)] Tensor y"),
        new("MG0101", "'Solve' cannot combine [N] with [M]", "[|y.Solve(x)|]", Inputs: "[Shape(\"M\", 8, 4)] Tensor x, [Shape(\"N\", 8, 8)] Tensor y"),
        new("MG0114", "'LinearRecurrence' needs a decay that broadcasts to its input [N, 8], but was given the decay [M, N, 8]", "x.LinearRecurrence([|y|])", Inputs: "[Shape(\"N\", 8)] Tensor x, [Shape(\"M\", \"N\", 8)] Tensor y"),
    ];

    static IEnumerable<Mistake> Transforms =>
    [
        new("MG0103", "'Fft' takes complex numbers as pairs [..., 2] of real and imaginary parts, but was given [N, 8]", "[|x.Fft(0)|]"),
        new("MG0106", "'InverseFft' is asked for axis 1 of [N, 2], which holds the real and the imaginary parts", "x.InverseFft([|-1|])", Inputs: "[Shape(\"N\", 2)] Tensor x"),
        new("MG0106", "'RealFft' is asked for axis 2", "x.RealFft([|2|])", Fixed: "x.RealFft(1)"),
        new("MG0113", "'InverseRealFft' needs a 'size' of at least 1, but it is 0", "x.InverseRealFft([|0|])", Fixed: "InverseRealFft(8)", Inputs: "[Shape(\"N\", 5, 2)] Tensor x"),
        new("MG0114", "'InverseRealFft' to 10 real numbers takes 6 coefficients, but axis 1 of [N, 5, 2] has 5", "x.InverseRealFft([|10|])", Fixed: "InverseRealFft(8)", Inputs: "[Shape(\"N\", 5, 2)] Tensor x"),
        new("MG0103", "'ComplexMultiply' takes complex numbers as pairs", "y.ComplexMultiply([|x|])", Inputs: "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 2)] Tensor y"),
    ];

    static IEnumerable<Mistake> Attention =>
    [
        new("MG0103", "needs queries, keys and values [..., length, width] of equal rank", "[|x.ScaledDotProductAttention(y, y)|]", Inputs: "[Shape(\"N\", \"T\", 8)] Tensor x, [Shape(\"T\", 8)] Tensor y"),
        new("MG0104", "each query has 8 elements and each key 6", "[|x.ScaledDotProductAttention(y, y)|]", Inputs: "[Shape(\"N\", \"T\", 8)] Tensor x, [Shape(\"N\", \"T\", 6)] Tensor y"),
        new("MG0104", "there are T keys, but S values", "[|x.ScaledDotProductAttention(x, y)|]", Inputs: "[Shape(\"N\", \"T\", 8)] Tensor x, [Shape(\"N\", \"S\", 8)] Tensor y"),
        new("MG0113", "as many keys as queries, but was given T queries and S keys", "x.ScaledDotProductAttention(y, y, [|true|])", Inputs: "[Shape(\"N\", \"T\", 8)] Tensor x, [Shape(\"N\", \"S\", 8)] Tensor y"),
        new("MG0113", "needs a window of at least 1, but it is 0", "x.ScaledDotProductAttention(x, x, window: [|0|])", Fixed: "window: 1", Inputs: "[Shape(\"N\", \"T\", 8)] Tensor x"),
        new("MG0113", "has a window, so it needs as many keys as queries, but was given T queries and S keys", "x.ScaledDotProductAttention(y, y, window: [|3|])", Inputs: "[Shape(\"N\", \"T\", 8)] Tensor x, [Shape(\"N\", \"S\", 8)] Tensor y"),
        new("MG0110", "one integer for each sequence, but was given int[M]", "x.ScaledDotProductAttention(x, x, [|lengths|])", Inputs: "[Shape(\"N\", \"T\", 8)] Tensor x, [Shape(\"M\")] IntTensor lengths"),
        new("MG0101", "has scores [N, T, T]; a mask [N, T, T, T] does not broadcast to them", "x.ScaledDotProductAttention(x, x, [|mask|])", Inputs: "[Shape(\"N\", \"T\", 8)] Tensor x, [Shape(\"N\", \"T\", \"T\", \"T\")] Tensor mask"),
        new("MG0101", "the heads of the queries a multiple of those of keys and values", "[|x.ScaledDotProductAttention(y, y)|]", Inputs: "[Shape(\"N\", 4, \"T\", 8)] Tensor x, [Shape(\"N\", 3, \"T\", 8)] Tensor y"),
        new("MG0113", "queries of a constant width", "[|x.ScaledDotProductAttention(x, x)|]", Inputs: "[Shape(\"N\", \"T\")] Tensor x"),
        new("MG0113", "'Rotary' turns pairs of elements", "[|x.Rotary()|]", Inputs: "[Shape(\"T\", 7)] Tensor x"),
        new("MG0113", "'AddSinusoidalPositions' needs [..., T, d] with an even constant d", "[|x.AddSinusoidalPositions()|]", Inputs: "[Shape(\"T\", 7)] Tensor x"),
    ];

    static IEnumerable<Mistake> Losses =>
    [
        OfLoss("MG0113", "'Huber' needs a positive 'delta', but it is 0", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 5)] Tensor y", "Forward(x).Huber(y, [|0|])"),
        OfLoss("MG0113", "'SmoothL1' needs a positive 'beta'", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 5)] Tensor y", "Forward(x).SmoothL1(y, beta: [|-1f|])"),
        OfLoss("MG0113", "'CrossEntropy' needs a 'labelSmoothing' between 0 and 1, but it is 2", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 5)] Tensor y", "Forward(x).CrossEntropy(y, labelSmoothing: [|2|])"),
        OfLoss("MG0113", "'labelSmoothing' between 0 and 1, but it is -0.1", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\")] IntTensor y", "Forward(x).CrossEntropy(y, labelSmoothing: [|-0.1f|])"),
        OfLoss("MG0114", "there must be one weight for each class, [5]", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\")] IntTensor y, [Shape(4)] Tensor w", "Forward(x).CrossEntropy(y, [|w|])"),
        OfLoss("MG0110", "'CrossEntropy' needs logits [..., classes], but was given the scalar []", "[Shape(\"N\", 8)] Tensor x, [Shape()] Tensor y", "Forward(x).Sum().[|CrossEntropy(y)|]"),
        OfLoss("MG0113", "a 'gamma' of 0 or at least 1, but was given 0.25 and 0.5", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 5)] Tensor y", "Forward(x).FocalLoss(y, gamma: [|0.5f|])"),
        OfLoss("MG0113", "an 'alpha' of at most 1", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 5)] Tensor y", "Forward(x).FocalLoss(y, alpha: [|2|])"),
        OfLoss("MG0103", "'TripletMargin' takes vectors [..., D]", "[Shape(\"N\", 8)] Tensor x, [Shape()] Tensor y", "Forward(x).Sum().[|TripletMargin(y, y)|]"),
        OfLoss("MG0103", "'CosineEmbedding' takes vectors [..., D]", "[Shape(\"N\", 8)] Tensor x, [Shape()] Tensor y", "Forward(x).Sum().[|CosineEmbedding(y, y)|]"),
        OfLoss("MG0113", "'Distillation' needs a finite 'temperature' above 0, but it is 0", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 5)] Tensor y", "Forward(x).Distillation(y, [|0|])"),
        OfLoss("MG0113", "'InfoNce' needs a finite 'temperature' above 0, but it is -1", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 5)] Tensor y", "Forward(x).InfoNce(y, [|-1f|])"),
        OfLoss("MG0103", "'InfoNce' takes rows [N, D] with 2 axes", "[Shape(\"N\", 8)] Tensor x, [Shape()] Tensor y", "Forward(x).Sum().[|InfoNce(y)|]"),
        OfLoss("MG0103", "'Dice' takes examples [N, ...] with at least 2 axes", "[Shape(\"N\", 8)] Tensor x, [Shape()] Tensor y", "Forward(x).Sum().[|Dice(y)|]"),
        OfLoss("MG0113", "'Tversky' needs a finite 'beta' of at least 0, but it is -1", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 5)] Tensor y", "Forward(x).Tversky(y, beta: [|-1f|])"),
        OfLoss("MG0103", "'Ctc' takes logits [N, T, C] with 3 axes", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 3)] IntTensor y", "Forward(x).Sum().[|Ctc(y)|]"),
        OfLoss("MG0110", "the targets must be [N, S]", "[Shape(\"N\", \"T\", 8)] Tensor x, [Shape(\"M\", 3)] IntTensor y", "Forward(x).Ctc([|y|])", shape: "\"N\", \"T\", 8"),
        OfLoss("MG0110", "there must be one length for each sequence, [N]", "[Shape(\"N\", \"T\", 8)] Tensor x, [Shape(\"N\", 3)] IntTensor y, [Shape(\"M\")] IntTensor n", "Forward(x).Ctc(y, [|n|])", shape: "\"N\", \"T\", 8"),
        OfLoss("MG0113", "'Ctc' needs a 'blank' among the 5 classes, but it is 5", "[Shape(\"N\", \"T\", 8)] Tensor x, [Shape(\"N\", 3)] IntTensor y", "Forward(x).Ctc(y, blank: [|5|])", "blank: 0", shape: "\"N\", \"T\", 8"),
        OfLoss("MG0113", "a 'reduction' of Mean, Sum or None, but it is 7", "[Shape(\"N\", 8)] Tensor x, [Shape(\"N\", 5)] Tensor y", "Forward(x).MeanSquaredError(y, [|(Reduction)7|])"),
    ];
}
