namespace ModelGen.Compiler.Layers;

/// <summary>y = x / √(mean(x²) + ε) · weight over the last axis.</summary>
internal sealed class RmsNorm : LayerDefinition
{
    public static readonly RmsNorm Definition = new() { PyTorch = "torch.nn.RMSNorm" };

    public override string Name => "RmsNorm";

    public override string Summary => "Root mean square normalisation over the last axis (Zhang and Sennrich 2019): y = x / √(mean(x²) + ε) · weight, [..., features] → [..., features].";

    public override IReadOnlyList<SurfaceParameter> Properties =>
    [
        SurfaceParameter.Float("Epsilon", "added to the mean square, for rows that are hardly more than zero", 1e-6),
        SurfaceParameter.OptionalInt("Features", "size of the last axis, to be checked; inferred when not given"),
    ];

    public override Node Forward(LayerCall layer)
    {
        var x = layer.X;
        if (x.Shape.Rank < 1) throw new ModelException(Rules.Rank, $"{layer.Display} needs an input [..., features], but was given the scalar {x.Shape}.");
        int[] last = [x.Shape.Rank - 1];
        int features = layer.Features(x.Shape[last[0]], "Features", "features");
        var weight = layer.Parameter("weight", Shape.Of(features), Initializer.Ones);
        return x / Sqrt.Of(Mean.Of(Square.Of(x), last, keepDims: true) + LayerNorm.Epsilon(layer)) * weight;
    }

    public override IReadOnlyList<Sample> Samples => [new([4, 7]), new([2, 3, 16]) { Arguments = { ["Epsilon"] = 1e-3 } }, new([9]) { Arguments = { ["Features"] = 9 } }];
}
