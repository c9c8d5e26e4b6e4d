namespace ModelGen.Compiler.Layers;

/// <summary>y = u ≥ p ? x / (1 - p) : 0 in training, with one u uniform in [0, 1) for each channel of each image; y = x otherwise.</summary>
internal sealed class Dropout2d : LayerDefinition
{
    public static readonly Dropout2d Definition = new() { PyTorch = "torch.nn.Dropout2d" };

    public override string Name => "Dropout2d";

    public override string Summary =>
        "Dropout of whole channels (Tompson et al. 2015): in training each channel of [N, C, ...] is zeroed with the given probability, and the rest grows by 1 / (1 - probability); in inference " +
        "nothing happens. Neighbouring pixels say nearly the same, so that dropping single ones would drop little.";

    public override IReadOnlyList<SurfaceParameter> Constructor => [SurfaceParameter.Float("probability", "the chance of each channel to be dropped, in [0, 1)", 0.5)];

    public override Node Forward(LayerCall layer)
    {
        var x = layer.X;
        if (x.Shape.Rank < 2) throw new ModelException(Rules.Rank, $"{layer.Display} takes an input [N, C, ...], but was given {x.Shape}.");
        return Dropout.Of(layer, new Shape(x.Shape.Select((d, i) => i < 2 ? d : Dim.One)));
    }

    public override IReadOnlyList<Sample> Samples => [new([3, 4, 2, 3]), new([5, 8]) { Arguments = { ["probability"] = 0.2 } }];
}
