namespace ModelGen.Compiler.Layers;

/// <summary>y[o] = x1ᵀ W[o] x2 + b[o] over the last axes.</summary>
internal sealed class Bilinear : LayerDefinition
{
    public static readonly Bilinear Definition = new() { PyTorch = "torch.nn.Bilinear" };

    public override string Name => "Bilinear";

    public override string Summary =>
        "A bilinear form for each output: y[o] = x1ᵀ W[o] x2 + b[o], [..., in1] and [..., in2] → [..., out]. Weights and bias start uniform in ±1/√in1, as in PyTorch.";

    public override IReadOnlyList<SurfaceParameter> Constructor => [SurfaceParameter.Int("outFeatures", "size of the result's last axis")];

    public override IReadOnlyList<SurfaceParameter> Properties => [SurfaceParameter.Bool("Bias", "whether b is added", true)];

    public override IReadOnlyList<LayerInput> Inputs => ["x1", "x2"];

    public override Node Forward(LayerCall layer)
    {
        Node x1 = layer.Input(0), x2 = layer.Input(1);
        int rank = x1.Shape.Rank, outputs = layer.Positive("outFeatures");
        if (rank < 1 || x2.Shape.Rank != rank || x1.Shape.With(rank - 1, Dim.One) != x2.Shape.With(rank - 1, Dim.One)) throw new ModelException(Rules.SameShape,
            $"{layer.Display} takes [..., in1] and [..., in2] that differ in the last axis only, but was given {x1.Shape} and {x2.Shape}.");
        Dim first = x1.Shape[rank - 1], second = x2.Shape[rank - 1];
        if (!first.IsConstant || !second.IsConstant) throw new ModelException(Rules.FeatureCount,
            $"{layer.Display} needs constant numbers of features, but was given {x1.Shape} and {x2.Shape}.");
        var bound = Initializer.FanIn(first.Value);
        // Stored as [in1, out, in2]: x1 times the weight is one matrix product.
        var weight = layer.Parameter("weight", new Shape(outputs, first, second), bound, storageAxes: [1, 0, 2]);
        var product = Ops.MatMul.Of(x1, Reshape.Of(weight, new Shape(first, outputs * second)));
        var apart = Reshape.Of(product, new Shape(x1.Shape.Take(rank - 1).Concat([outputs, second])));
        var y = Sum.Of(apart * Unsqueeze.Of(x2, rank - 1), [rank], keepDims: false);
        return layer.Arguments.Bool("Bias") ? y + layer.Parameter("bias", Shape.Of(outputs), bound) : y;
    }

    public override IReadOnlyList<Sample> Samples =>
        [new([4, 3], [4, 5]) { Arguments = { ["outFeatures"] = 2 } }, new([2, 3, 2], [2, 3, 4]) { Arguments = { ["outFeatures"] = 3, ["Bias"] = false } }];
}
