namespace ModelGen.Compiler.Layers;

/// <summary>How an <see cref="EmbeddingBag"/> combines vectors; the public enum <c>BagMode</c> has the same members.</summary>
internal enum BagCombination
{
    Mean,
    Sum,
    Max,
}

/// <summary>y[n] = mean, sum or maximum of W[index[n, i]] over i: one vector for each bag of integers.</summary>
internal sealed class EmbeddingBag : LayerDefinition
{
    public static readonly EmbeddingBag Definition = new() { PyTorch = "torch.nn.EmbeddingBag" };

    public override string Name => "EmbeddingBag";

    public override string Summary =>
        "One vector for each bag of integers: indices [N, L] → the mean, sum or elementwise maximum of their learned vectors, [N, width]. With lengths [N], each in 0..L, only the first ones count; " +
        "PaddingIndex never counts. An empty bag gives 0. The vectors start normal with mean 0 and deviation 1.";

    public override IReadOnlyList<SurfaceParameter> Constructor =>
    [
        SurfaceParameter.Int("count", "how many integers there are; the size of a vocabulary"), SurfaceParameter.Int("width", "elements of each vector"),
        SurfaceParameter.Bag("mode", "how the vectors of a bag are combined"),
    ];

    public override IReadOnlyList<SurfaceParameter> Properties => [SurfaceParameter.OptionalInt("PaddingIndex", "an integer that stands for nothing; none when not given")];

    public override IReadOnlyList<LayerInput> Inputs => [new("index", IsIndex: true), Attention.Lengths];

    public override Node Forward(LayerCall layer)
    {
        var index = layer.X;
        int count = layer.Positive("count"), width = layer.Positive("width"), mode = layer.Arguments.Int("mode");
        if (mode is < 0 or > (int)BagCombination.Max) throw new ModelException(Rules.Argument, $"{layer.Display} needs a 'mode' of Mean, Sum or Max, but it is {mode}.") { Argument = "mode" };
        if (index.DType != DType.Int32) throw new ModelException(Rules.ElementType, $"{layer.Display} takes integers, but was given {index.Type}.");
        layer.RequireRank(2, "[N, L]");
        var weight = layer.Parameter("weight", Shape.Of(count, width), Initializer.Normal(1));
        var vectors = IndexSelect.Of(weight, index, 0);
        var present = Present(layer, index, count, weight.DType);
        if (present is null) return (BagCombination)mode switch
        {
            BagCombination.Sum => Sum.Of(vectors, [1], keepDims: false),
            BagCombination.Mean => Mean.Of(vectors, [1], keepDims: false),
            _ => Max.Of(vectors, [1], keepDims: false),
        };

        Node each = Unsqueeze.Of(present, 2), number = Sum.Of(present, [1], keepDims: true);
        if (mode == (int)BagCombination.Max)
        {
            var largest = Max.Of(Where.Of(each, vectors, layer.Graph.Constant(double.NegativeInfinity, weight.DType)), [1], keepDims: false);
            return Mask.Of(largest, number);
        }
        var sum = Sum.Of(Mask.Of(vectors, each), [1], keepDims: false);
        return mode == (int)BagCombination.Sum ? sum : sum / Maximum.Of(number, layer.Graph.Constant(1, weight.DType));
    }

    // 1 where an index counts and 0 elsewhere, [N, L]; null where all count.
    static Node? Present(LayerCall layer, Node index, int count, DType type)
    {
        Node? present = null;
        if (layer.Arguments.OptionalInt("PaddingIndex") is int padding)
        {
            if (padding < 0 || padding >= count) throw new ModelException(Rules.Argument,
                $"{layer.Display} has the integers 0..{count - 1}, so its 'PaddingIndex' cannot be {padding}.") { Argument = "PaddingIndex", Repair = Repair.Set("PaddingIndex", padding < 0 ? 0 : count - 1) };
            // Integers are never computed with: a table says which ones count.
            present = IndexSelect.Of(NotEqual.Of(Arange.Of(layer.Graph, count, type), layer.Graph.Constant(padding, type)), index, 0);
        }
        if (layer.Optional(1) is not { } lengths) return present;
        if (lengths.DType != DType.Int32 || lengths.Shape != new Shape(index.Shape[0])) throw new ModelException(Rules.SameShape,
            $"{layer.Display} takes the lengths of its bags as integers [{index.Shape[0]}], but they are {lengths.Type} for indices {index.Shape}.");
        return LengthMask.Of(present ?? BroadcastTo.Of(layer.Graph.Constant(1, type), index.Shape), lengths, 0);
    }

    public override IReadOnlyList<Sample> Samples =>
    [
        new([3, 4]) { Arguments = { ["count"] = 5, ["width"] = 3 } },
        new([2, 6]) { Arguments = { ["count"] = 7, ["width"] = 17, ["mode"] = (int)BagCombination.Sum, ["PaddingIndex"] = 2 }, Classes = 7 },
        new([4, 3]) { Arguments = { ["count"] = 4, ["width"] = 2, ["mode"] = (int)BagCombination.Max }, Classes = 4 },
        new([4, 4], [4]) { Arguments = { ["count"] = 5, ["width"] = 3 } },
        new([3, 4], [3]) { Arguments = { ["count"] = 5, ["width"] = 2, ["mode"] = (int)BagCombination.Max, ["PaddingIndex"] = 0 } },
        new([3, 5]) { Arguments = { ["count"] = 3, ["width"] = 2, ["PaddingIndex"] = 1 }, Classes = 3 },
    ];
}
