namespace ModelGen.Compiler.Layers;

/// <summary>y = x &gt; 0 ? x : weight · x with a trained slope, one for all channels or one for each   (K. He et al. 2015).</summary>
internal sealed class PRelu : LayerDefinition
{
    public static readonly PRelu Definition = new() { PyTorch = "torch.nn.PReLU" };

    public override string Name => "PRelu";

    public override string Summary => "x where it is positive, weight · x elsewhere; the weight is trained and starts at the given slope. [N, C, ...] → [N, C, ...].";

    public override IReadOnlyList<SurfaceParameter> Constructor =>
    [
        SurfaceParameter.Int("slopes", "how many weights there are: 1, or one for each channel, which is axis 1", 1), SurfaceParameter.Float("slope", "what the weights start at", 0.25),
    ];

    public override Node Forward(LayerCall layer)
    {
        var x = layer.X;
        int slopes = layer.Positive("slopes");
        if (slopes > 1 && (x.Shape.Rank < 2 || !x.Shape[1].Is(slopes))) throw new ModelException(Rules.FeatureCount,
            $"{layer.Display} has {slopes} slopes, one for each channel, but its input {x.Shape} {(x.Shape.Rank < 2 ? "has no channel axis" : $"has {x.Shape[1]} channels")}.") { Argument = "slopes" };
        var weight = layer.Parameter("weight", Shape.Of(slopes), Initializer.Constant(layer.Arguments.Float("slope")));
        if (slopes > 1) weight = Reshape.Of(weight, new Shape(Enumerable.Repeat(Dim.One, x.Shape.Rank - 2).Prepend(slopes)));
        else if (x.Shape.Rank == 0) weight = Reshape.Of(weight, Shape.Scalar);
        return Where.Of(Greater.Of(x, layer.Graph.Constant(0, x.DType)), x, weight * x);
    }

    public override IReadOnlyList<Sample> Samples => [new([4, 5]), new([2, 3, 2, 2]) { Arguments = { ["slopes"] = 3 } }];
}
