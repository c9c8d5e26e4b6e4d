namespace ModelGen.Compiler.Layers;

/// <summary>y = (silu(x W₁ᵀ) · x W₃ᵀ) W₂ᵀ: a network for each position with a gate.</summary>
internal sealed class SwiGlu : LayerDefinition
{
    public static readonly SwiGlu Definition = new();

    public override string Name => "SwiGlu";

    public override string Summary =>
        "A network for each position with a gate (Shazeer, \"GLU variants improve transformer\", 2020): y = (silu(x W₁ᵀ) · x W₃ᵀ) W₂ᵀ, [..., features] → [..., features]. The weights are w1, w2 and w3, as in Llama.";

    public override IReadOnlyList<SurfaceParameter> Constructor => [SurfaceParameter.Int("hidden", "width of the hidden layer; 8/3 of the features has the weights of an ordinary network of 4 times the features")];

    public override IReadOnlyList<SurfaceParameter> Properties => [SurfaceParameter.Bool("Bias", "whether the three products add a bias", false)];

    public override Node Forward(LayerCall layer)
    {
        var x = layer.X;
        if (x.Shape.Rank < 1) throw new ModelException(Rules.Rank, $"{layer.Display} needs an input [..., features], but was given the scalar {x.Shape}.");
        int features = layer.Features(x.Shape[x.Shape.Rank - 1], "", "features"), hidden = layer.Positive("hidden");
        Node Linear(string name, Node y, int outputs) => layer.Part(Layers.Linear.Definition, name, new() { ["outFeatures"] = (Dim)outputs, ["Bias"] = layer.Arguments.Bool("Bias") }, y);
        return Linear("w2", Silu.Of(Linear("w1", x, hidden)) * Linear("w3", x, hidden), features);
    }

    public override IReadOnlyList<Sample> Samples => [new([4, 6]) { Arguments = { ["hidden"] = 16 } }, new([2, 3, 5]) { Arguments = { ["hidden"] = 7, ["Bias"] = true } }];
}
