namespace ModelGen.Compiler.Layers;

/// <summary>y = x Wᵀ + b + α / r · x Aᵀ Bᵀ with W and b frozen: a fully connected layer and its low-rank adaptation   (E. Hu et al. 2021).</summary>
internal sealed class LoraLinear : LayerDefinition
{
    public static readonly LoraLinear Definition = new();

    public override string Name => "LoraLinear";

    public override string Summary =>
        "A fully connected layer that is given and not trained, and its low-rank adaptation (Hu et al., \"LoRA\", 2021): y = x Wᵀ + b + alpha / rank · x Aᵀ Bᵀ, [..., in] → [..., out]. base_layer.weight and base_layer.bias are " +
        "frozen, lora_A.weight [rank, in] and lora_B.weight [out, rank] are trained; B starts at 0, so that the layer starts as its base. Parameters.MergeLora adds the product to the base.";

    public override IReadOnlyList<SurfaceParameter> Constructor =>
    [
        SurfaceParameter.Int("outFeatures", "size of the last axis of the output"), SurfaceParameter.Int("rank", "size between A and B, at most that of either side"),
        SurfaceParameter.Float("alpha", "how much the adaptation counts, divided by the rank", 8),
    ];

    public override IReadOnlyList<SurfaceParameter> Properties =>
    [
        SurfaceParameter.OptionalInt("InFeatures", "size of the input's last axis, to be checked; inferred when not given"),
        SurfaceParameter.Bool("Bias", "whether the base has b", true),
    ];

    public override Node Forward(LayerCall layer)
    {
        var x = layer.X;
        if (x.Shape.Rank < 1) throw new ModelException(Rules.Rank, $"{layer.Display} needs an input [..., features], but was given the scalar {x.Shape}.");
        int inputs = layer.Features(x.Shape[x.Shape.Rank - 1], "InFeatures", "inputs"), outputs = layer.Positive("outFeatures"), rank = layer.Positive("rank"), most = Math.Min(inputs, outputs);
        if (rank > most) throw new ModelException(Rules.Argument,
            $"{layer.Display} adapts a weight [{outputs}, {inputs}], whose rank is at most {most}, so its 'rank' cannot be {rank}.") { Argument = "rank", Repair = Repair.Set("rank", most) };
        double alpha = layer.Arguments.Float("alpha");
        if (double.IsNaN(alpha) || double.IsInfinity(alpha)) throw new ModelException(Rules.Argument, $"{layer.Display} needs a finite 'alpha'.") { Argument = "alpha" };
        var given = layer.FrozenPart(Linear.Definition, "base_layer", new() { ["outFeatures"] = (Dim)outputs, ["Bias"] = layer.Arguments.Bool("Bias") }, x);
        var down = layer.Part(Linear.Definition, "lora_A", new() { ["outFeatures"] = (Dim)rank, ["Bias"] = false }, x);
        var up = layer.Parameter("lora_B.weight", Shape.Of(outputs, rank), Initializer.Zeros, storageAxes: [1, 0]);
        return given + (Ops.MatMul.Of(down, up) * (alpha / rank));
    }

    public override IReadOnlyList<Sample> Samples =>
    [
        new([4, 7]) { Arguments = { ["outFeatures"] = 5, ["rank"] = 2 } },
        new([2, 3, 17]) { Arguments = { ["outFeatures"] = 6, ["rank"] = 3, ["alpha"] = 1.5, ["Bias"] = false, ["InFeatures"] = 17 } },
    ];
}
