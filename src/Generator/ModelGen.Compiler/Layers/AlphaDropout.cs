namespace ModelGen.Compiler.Layers;

/// <summary>
/// y = a (u ≥ p ? x : s) + b in training, with u uniform in [0, 1), s = -1.7581 the value of SELU at -∞, a = 1 / √((1 - p)(1 + p s²)) and b = -a p s: mean 0 and variance 1 stay.
/// y = x otherwise.
/// </summary>
internal sealed class AlphaDropout : LayerDefinition
{
    // -λ α of SELU.
    const double Saturation = -1.7580993408473766;

    public static readonly AlphaDropout Definition = new() { PyTorch = "torch.nn.AlphaDropout" };

    public override string Name => "AlphaDropout";

    public override string Summary =>
        "Dropout for networks of SELU (Klambauer et al. 2017): in training each element becomes SELU's lowest value with the given probability, then all are scaled and moved so that mean 0 and variance 1 stay; " +
        "in inference nothing happens.";

    public override IReadOnlyList<SurfaceParameter> Constructor => [SurfaceParameter.Float("probability", "the chance of each element to be dropped, in [0, 1)", 0.5)];

    public override Node Forward(LayerCall layer)
    {
        var x = layer.X;
        double p = Dropout.Probability(layer);
        if (!layer.Training || p == 0) return x;
        double scale = 1 / Math.Sqrt((1 - p) * (1 + (p * Saturation * Saturation)));
        var kept = Heaviside.Of(RandomUniform.Of(layer.Graph, x.Shape, Philox.Stream(layer.Path), x.DType) - p, atZero: 1);
        return (Where.Of(kept, x, layer.Graph.Constant(Saturation, x.DType)) * scale) + (-scale * p * Saturation);
    }

    public override IReadOnlyList<Sample> Samples => [new([5, 8]), new([3, 7]) { Arguments = { ["probability"] = 0.2 } }, new([3]) { Arguments = { ["probability"] = 0.0 } }];
}
