namespace ModelGen.Compiler.Layers;

/// <summary>y = u ≥ p ? x / (1 - p) : 0 in training, with u uniform in [0, 1); y = x otherwise.</summary>
internal sealed class Dropout : LayerDefinition
{
    public static readonly Dropout Definition = new() { PyTorch = "torch.nn.Dropout" };

    public override string Name => "Dropout";

    public override string Summary =>
        "Dropout (Srivastava et al. 2014): in training each element is zeroed with the given probability, and the rest grows by 1 / (1 - probability); " +
        "in inference nothing happens. The mask depends on the seed, the step and the layer only: applied twice in a step, it drops the same elements.";

    public override IReadOnlyList<SurfaceParameter> Constructor => [SurfaceParameter.Float("probability", "the chance of each element to be dropped, in [0, 1)", 0.5)];

    public override Node Forward(LayerCall layer) => Of(layer, layer.X.Shape);

    /// <param name="layer">The application.</param>
    /// <param name="mask">The shape of what is drawn; it broadcasts against x.</param>
    internal static Node Of(LayerCall layer, Shape mask)
    {
        double p = Probability(layer);
        var x = layer.X;
        if (!layer.Training || p == 0) return x;
        var u = RandomUniform.Of(layer.Graph, mask, Philox.Stream(layer.Path), x.DType);
        return Mask.Of(x * (1 / (1 - p)), Heaviside.Of(u - p, atZero: 1));
    }

    /// <summary>The argument that all dropouts have.</summary>
    internal static double Probability(LayerCall layer)
    {
        double p = layer.Arguments.Float("probability");
        return p >= 0 && p < 1 ? p : throw new ModelException(Rules.Argument,
            $"{layer.Display} needs a probability in [0, 1), but it is {p.ToString(System.Globalization.CultureInfo.InvariantCulture)}.") { Argument = "probability" };
    }

    public override IReadOnlyList<Sample> Samples => [new([5, 8]), new([40]) { Arguments = { ["probability"] = 0.2 } }, new([3]) { Arguments = { ["probability"] = 0.0 } }];
}
