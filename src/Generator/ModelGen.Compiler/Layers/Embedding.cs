namespace ModelGen.Compiler.Layers;

/// <summary>y = W[index]: a learned vector for each integer.</summary>
internal sealed class Embedding : LayerDefinition
{
    public static readonly Embedding Definition = new() { PyTorch = "torch.nn.Embedding" };

    public override string Name => "Embedding";

    public override string Summary =>
        "A learned vector for each of the integers 0..count-1: indices [...] → [..., width]. The vectors start normal with mean 0 and the given deviation.";

    public override IReadOnlyList<SurfaceParameter> Constructor => [SurfaceParameter.Int("count", "how many integers there are; the size of a vocabulary"), SurfaceParameter.Int("width", "elements of each vector")];

    public override IReadOnlyList<SurfaceParameter> Properties => [SurfaceParameter.Float("Deviation", "standard deviation of the first weights; a GPT with tied weights uses 0.02", 1)];

    public override IReadOnlyList<LayerInput> Inputs => [new("index", IsIndex: true)];

    public override IReadOnlyList<LayerMethod> Methods =>
    [
        new("Unembed", "The way back with the same weights (tied embeddings, Press and Wolf 2017): x [..., width] → x Wᵀ [..., count], a score for each integer. Both uses add up in one gradient.", ["x"], Unembed),
    ];

    public override Node Forward(LayerCall layer)
    {
        var index = layer.X;
        if (index.DType != DType.Int32) throw new ModelException(Rules.ElementType, $"{layer.Display} takes integers, but was given {index.Type}.");
        return IndexSelect.Of(Weight(layer), index, 0);
    }

    static Node Unembed(LayerCall layer)
    {
        var (x, weight) = (layer.X, Weight(layer));
        var width = weight.Shape[1];
        if (x.Shape.Rank < 1 || x.Shape[x.Shape.Rank - 1] != width) throw new ModelException(Rules.FeatureCount,
            $"'Unembed' of {layer.Display} takes an input [..., {width}], as wide as its vectors, but was given {x.Shape}.");
        var rows = new Shape(x.Shape.Take(x.Shape.Rank - 1));
        // With the transposition inside the product, the gradient of the weight comes in the weight's own order.
        var y = layer.Graph.Add(new Ops.MatMul(false, true), Ops.Reshape.Of(x, new Shape(rows.Elements, width)), weight);
        return Ops.Reshape.Of(y, new Shape(rows.Append(weight.Shape[0])));
    }

    static Node Weight(LayerCall layer)
    {
        int count = layer.Positive("count"), width = layer.Positive("width");
        double deviation = layer.Arguments.Float("Deviation");
        if (!(deviation >= 0) || double.IsInfinity(deviation)) throw new ModelException(Rules.Argument,
            $"{layer.Display} needs a 'Deviation' of at least 0, but it is {deviation.ToString(System.Globalization.CultureInfo.InvariantCulture)}.") { Argument = "Deviation" };
        return layer.Parameter("weight", Shape.Of(count, width), Initializer.Normal(deviation));
    }

    public override IReadOnlyList<Sample> Samples =>
    [
        new([4]) { Arguments = { ["count"] = 5, ["width"] = 3 } },
        new([2, 6]) { Arguments = { ["count"] = 7, ["width"] = 17, ["Deviation"] = 0.02 }, Classes = 7 },
        new([3, 1]) { Arguments = { ["count"] = 1, ["width"] = 1 }, Classes = 1 },
    ];
}
