namespace ModelGen.Compiler.Layers;

/// <summary>y = (x - mean) / √(variance + ε) · weight + bias over the last axis.</summary>
internal sealed class LayerNorm : LayerDefinition
{
    public static readonly LayerNorm Definition = new() { PyTorch = "torch.nn.LayerNorm" };

    public override string Name => "LayerNorm";

    public override string Summary => "Layer normalisation over the last axis: y = (x - mean) / √(variance + ε) · weight + bias, [..., features] → [..., features].";

    public override IReadOnlyList<SurfaceParameter> Properties =>
    [
        SurfaceParameter.Float("Epsilon", "added to the variance, for rows that hardly vary", 1e-5),
        SurfaceParameter.OptionalInt("Features", "size of the last axis, to be checked; inferred when not given"),
    ];

    public override Node Forward(LayerCall layer)
    {
        var x = layer.X;
        if (x.Shape.Rank < 1) throw new ModelException(Rules.Rank, $"{layer.Display} needs an input [..., features], but was given the scalar {x.Shape}.");
        int[] last = [x.Shape.Rank - 1];
        int features = layer.Features(x.Shape[last[0]], "Features", "features");
        double epsilon = Epsilon(layer);
        Node weight = layer.Parameter("weight", Shape.Of(features), Initializer.Ones), bias = layer.Parameter("bias", Shape.Of(features), Initializer.Zeros);
        var centered = x - Mean.Of(x, last, keepDims: true);
        var variance = Mean.Of(Square.Of(centered), last, keepDims: true);
        return (centered / Sqrt.Of(variance + epsilon) * weight) + bias;
    }

    /// <summary>The argument that both normalisations have.</summary>
    internal static double Epsilon(LayerCall layer)
    {
        double epsilon = layer.Arguments.Float("Epsilon");
        return epsilon > 0 && !double.IsInfinity(epsilon) ? epsilon : throw new ModelException(Rules.Argument,
            $"{layer.Display} needs a positive 'Epsilon', but it is {epsilon.ToString(System.Globalization.CultureInfo.InvariantCulture)}.") { Argument = "Epsilon" };
    }

    public override IReadOnlyList<Sample> Samples => [new([4, 7]), new([2, 3, 16]) { Arguments = { ["Epsilon"] = 1e-3 } }, new([9]) { Arguments = { ["Features"] = 9 } }];
}
