using static ModelGen.Analyzers.Tests.Mistake;

namespace ModelGen.Analyzers.Tests;

/// <summary>MG01xx: what single layers ask of their inputs and arguments. <see cref="SentenceTests"/> checks that none is left out.</summary>
internal static class LayerMistakes
{
    public static IEnumerable<Mistake> All =>
    [
        new("MG0103", "'n' takes an input [N, C] or [N, C, L], but was given [N, 3, 16, 16]", "[|x.Apply(n)|]", "readonly BatchNorm1d n = new();", Inputs: Image),
        new("MG0103", "'n' takes an input [N, C, ...], but was given [8]", "x.Sum(0).[|Apply(n)|]", "readonly GroupNorm n = new(2);"),
        new("MG0111", "splits its channels into 2 groups, but 3 channels", "x.Apply(n)", "readonly GroupNorm n = new([|2|]);", Inputs: Image),
        new("MG0113", "each channel of an image has one value only", "[|x.Apply(n)|]", "readonly InstanceNorm2d n = new();", Inputs: "[Shape(\"N\", 3, 1, 1)] Tensor x"),
        new("MG0103", "but was given the scalar []", "x.Sum().[|Apply(n)|]", "readonly RmsNorm n = new();"),
        new("MG0103", "'d' takes an input [N, C, ...], but was given [8]", "x.Sum(0).[|Apply(d)|]", "readonly Dropout2d d = new();"),
        new("MG0102", "has 4 slopes, one for each channel, but its input [N, 8] has 8 channels", "x.Apply(p)", "readonly PRelu p = new([|4|]);"),
        new("MG0102", "has 4 weights, one for each feature, but its input [N, 8] has 8", "x.Apply(s)", "readonly Scale s = new([|4|]);"),
        new("MG0102", "has no channel axis", "x.Sum(0).Apply(p)", "readonly PRelu p = new([|4|]);"),
        new("MG0102", "has no feature axis", "x.Sum().Apply(s)", "readonly Scale s = new([|4|]);"),
        new("MG0114", "that differ in the last axis only, but was given [N, 8] and [8, N]", "[|b.Forward(x, x.Transpose())|]", "readonly Bilinear b = new(3);"),
        new("MG0102", "needs constant numbers of features", "[|b.Forward(x, x)|]", "readonly Bilinear b = new(3);", Inputs: "[Shape(8, \"N\")] Tensor x"),
        new("MG0113", "needs an 'outputPadding' below its stride of 1, but it is 1", "x.Apply(c)", "readonly ConvTranspose2d c = new(4, 3, outputPadding: [|1|]);", "outputPadding: 0", Image),
        new("MG0107", "its padding of 9 cuts off everything", "x.Apply(c)", "readonly ConvTranspose2d c = new(4, 3, padding: [|9|]);", "padding: 0", Image),
        new("MG0103", "'c' takes an input [N, C, L]", "[|x.Apply(c)|]", "readonly Conv1d c = new(4, 3);"),
        new("MG0103", "sequences [N, T, features] or one sequence [T, features], but was given [8], which has 1 axes", "x.Sum(0).[|Apply(r)|]", "readonly Lstm r = new(4);"),
        new("MG0102", "declares 9 inputs", "x.Apply(r)", "readonly Gru r = new(4) { InFeatures = [|9|] };", "InFeatures = 8", Sequence),
        new("MG0113", "'hidden' to be at least 1, but it is 0", "x.Apply(r)", "readonly Rnn r = new([|0|]);", "new(1)", Sequence),
        new("MG0113", "'Layers' to be at least 1, but it is 0", "x.Apply(r)", "readonly Lstm r = new(4) { Layers = [|0|] };", "Layers = 1", Sequence),
        new("MG0103", "takes the input of one step, [N, features] or [features], but was given [N, T, 8], which has 3 axes", "[|r.Forward(x, x)|]", "readonly GruCell r = new(8);", Inputs: Sequence),
        new("MG0114", "takes a state 'hiddenState' of [N, 4] with an input [N, 8], but was given [N, 8]", "[|r.Forward(x, x)|]", "readonly RnnCell r = new(4);"),
        new("MG0113", "begins with a hidden and a cell state, but was given one of them", "[|r.ForwardWithState(x, h)|].Output", "readonly Lstm r = new(8);", Inputs: Sequence + ", [Shape(1, \"N\", 8)] Tensor h"),
        new("MG0114", "takes the lengths of its sequences as integers [N], but they are", "[|r.Forward(x, lengths)|]", "readonly Gru r = new(8);", Inputs: Sequence + ", [Shape(\"M\")] IntTensor lengths"),
        new("MG0114", "begins with a state 'hiddenState' of [1, N, 8], layers and directions first, but was given [N, T, 8]", "[|r.ForwardWithState(x, x)|].Output", "readonly Gru r = new(8);", Inputs: Sequence),
        new("MG0103", "with at least 2 axes, but was given [8]", "x.Sum(0).[|Apply(a)|]", "readonly SelfAttention a = new(2);"),
        new("MG0113", "has 4 experts, so 'Active' cannot be 5", "x.Apply(m)", "readonly MixtureOfExperts m = new(4, 6) { Active = [|5|] };", "Active = 4", Sequence),
        new("MG0103", "with at least 2 axes, but was given [8]", "x.Sum(0).[|Apply(p)|]", "readonly PositionEmbedding p = new(8);"),
        new("MG0113", "its input [N, T, 8] has T, which is known only at run time", "x.Apply(p)", "readonly PositionEmbedding p = new([|8|]);", Inputs: Sequence),
        new("MG0113", "needs a 'Deviation' of at least 0, but it is -1", "x.Apply(p)", "readonly PositionEmbedding p = new(8) { Deviation = [|-1|] };", Inputs: "[Shape(\"N\", 8, 4)] Tensor x"),
        new("MG0113", "needs a 'Deviation' of at least 0, but it is -1", "i.Apply(e)", "readonly Embedding e = new(8, 4) { Deviation = [|-1|] };", Inputs: "[Shape(\"N\")] IntTensor i"),
        new("MG0113", "'count' to be at least 1", "i.Apply(e)", "readonly Embedding e = new([|0|], 4);", "new(1, 4)", "[Shape(\"N\")] IntTensor i"),
    ];
}
