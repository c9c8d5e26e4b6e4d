namespace ModelGen.Compiler.Layers;

/// <summary>y = x Wᵀ + b over the last axis.</summary>
internal sealed class Linear : LayerDefinition
{
    public static readonly Linear Definition = new() { PyTorch = "torch.nn.Linear" };

    public override string Name => "Linear";

    public override string Summary =>
        "A fully connected layer: y = x Wᵀ + b over the last axis, [..., in] → [..., out]. Weights and bias start uniform in ±1/√in, as in PyTorch.";

    public override IReadOnlyList<SurfaceParameter> Constructor => [SurfaceParameter.Int("outFeatures", "size of the last axis of the output")];

    public override IReadOnlyList<SurfaceParameter> Properties =>
    [
        SurfaceParameter.OptionalInt("InFeatures", "size of the input's last axis, to be checked; inferred when not given"),
        SurfaceParameter.Bool("Bias", "whether b is added", true),
        .. LayerWeight.Properties,
    ];

    public override Node Forward(LayerCall layer)
    {
        var x = layer.X;
        if (x.Shape.Rank < 1) throw new ModelException(Rules.Rank, $"{layer.Display} needs an input [..., features], but was given the scalar {x.Shape}.");
        int outputs = layer.Positive("outFeatures");
        int inputs = layer.Features(x.Shape[x.Shape.Rank - 1], "InFeatures", "inputs");
        // Stored as [in, out]: forward and weight gradient then read it in order.
        var weight = LayerWeight.Of(layer, Shape.Of(outputs, inputs), Initializer.FanIn(inputs), storageAxes: [1, 0]);
        var y = Ops.MatMul.Of(x, weight);
        return layer.Arguments.Bool("Bias") ? y + layer.Parameter("bias", Shape.Of(outputs), Initializer.FanIn(inputs)) : y;
    }

    public override IReadOnlyList<Sample> Samples =>
    [
        new([4, 7]) { Arguments = { ["outFeatures"] = 5 } },
        new([3, 1]) { Arguments = { ["outFeatures"] = 1 } },
        new([2, 3, 17]) { Arguments = { ["outFeatures"] = 33, ["Bias"] = false } },
        new([4, 6]) { Arguments = { ["outFeatures"] = 3, ["WeightNorm"] = true } },
        new([4, 6]) { Arguments = { ["outFeatures"] = 5, ["SpectralNorm"] = true } },
        new([9]) { Arguments = { ["outFeatures"] = 4 } },
    ];
}
