namespace ModelGen.Compiler.Layers;

/// <summary>y = weight · x with a trained weight, one for all elements or one for each feature   (LayerScale: H. Touvron et al. 2021).</summary>
internal sealed class Scale : LayerDefinition
{
    public static readonly Scale Definition = new();

    public override string Name => "Scale";

    public override string Summary =>
        "x times a trained weight: one for all elements, or one for each feature (the last axis). A physical constant that is found from data is such a weight. [..., F] → [..., F].";

    public override IReadOnlyList<SurfaceParameter> Constructor =>
    [
        SurfaceParameter.Int("features", "how many weights there are: 1, or one for each feature, which is the last axis", 1), SurfaceParameter.Float("start", "what the weights start at", 1),
    ];

    public override Node Forward(LayerCall layer)
    {
        var x = layer.X;
        int features = layer.Positive("features");
        if (features > 1 && (x.Shape.Rank == 0 || !x.Shape[x.Shape.Rank - 1].Is(features))) throw new ModelException(Rules.FeatureCount,
            $"{layer.Display} has {features} weights, one for each feature, but its input {x.Shape} {(x.Shape.Rank == 0 ? "has no feature axis" : $"has {x.Shape[x.Shape.Rank - 1]} features")}.") { Argument = "features" };
        var weight = layer.Parameter("weight", Shape.Of(features), Initializer.Constant(layer.Arguments.Float("start")));
        return x * (x.Shape.Rank == 0 ? Reshape.Of(weight, Shape.Scalar) : weight);
    }

    public override IReadOnlyList<Sample> Samples => [new([4, 5]), new([2, 3, 4]) { Arguments = { ["features"] = 4, ["start"] = 0.5 } }];
}
