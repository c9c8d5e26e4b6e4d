namespace ModelGen.Compiler.Layers;

/// <summary>
/// y = Σ over the chosen experts of gₑ · gelu(x Upₑᵀ) Downₑᵀ, where g is the softmax of x Gateᵀ over the experts with the largest scores (Shazeer et al., "Outrageously
/// large neural networks", 2017). Dense: all experts are two products, and those that are not chosen count 0.
/// </summary>
internal sealed class MixtureOfExperts : LayerDefinition
{
    public static readonly MixtureOfExperts Definition = new();

    public override string Name => "MixtureOfExperts";

    public override string Summary =>
        "Several small networks for each position, of which a gate chooses some (Shazeer et al. 2017): y = Σ gₑ · gelu(x Upₑᵀ) Downₑᵀ, with g the softmax over the largest scores x Gateᵀ, " +
        "[..., features] → [..., features]. All experts are computed, as two products, and those not chosen count 0: it saves no time, and shows what a sparse model learns. Nothing balances the load.";

    public override IReadOnlyList<SurfaceParameter> Constructor => [SurfaceParameter.Int("experts", "how many networks there are"), SurfaceParameter.Int("hidden", "width of the hidden layer of each")];

    public override IReadOnlyList<SurfaceParameter> Properties => [SurfaceParameter.Int("Active", "how many of them count at a position; equal scores count together", 2)];

    public override Node Forward(LayerCall layer)
    {
        var x = layer.X;
        if (x.Shape.Rank < 1) throw new ModelException(Rules.Rank, $"{layer.Display} needs an input [..., features], but was given the scalar {x.Shape}.");
        int last = x.Shape.Rank - 1, features = layer.Features(x.Shape[last], "", "features"), experts = layer.Positive("experts"), hidden = layer.Positive("hidden"), active = layer.Positive("Active");
        if (active > experts) throw new ModelException(Rules.Argument, $"{layer.Display} has {experts} experts, so 'Active' cannot be {active}.") { Argument = "Active", Repair = Repair.Set("Active", experts) };

        var gates = Gates(layer.Part(Linear.Definition, "gate", new() { ["outFeatures"] = (Dim)experts, ["Bias"] = false }, x), active, last);
        var up = layer.Parameter("up.weight", Shape.Of(experts * hidden, features), Initializer.FanIn(features), storageAxes: [1, 0]);
        var down = layer.Parameter("down.weight", Shape.Of(features, experts * hidden), Initializer.FanIn(hidden), storageAxes: [1, 0]);
        var h = Ops.Gelu.Of(Ops.MatMul.Of(x, up));
        var byExpert = Ops.Reshape.Of(h, new Shape(x.Shape.Take(last).Append(experts).Append(hidden)));
        return Ops.MatMul.Of(Ops.Reshape.Of(byExpert * Ops.Reshape.Of(gates, new Shape(gates.Shape.Append(Dim.One))), h.Shape), down);
    }

    // The softmax over the largest scores. The smallest of them is found by taking the largest away, one after the other.
    static Node Gates(Node scores, int active, int axis)
    {
        if (scores.Shape[axis].Is(active)) return Softmax.Of(scores, axis);
        var below = scores.Graph.Constant(double.NegativeInfinity, scores.DType);
        var (left, least) = (scores, Max.Of(scores, [axis], keepDims: true));
        for (int i = 1; i < active; i++)
        {
            left = Ops.Where.Of(Less.Of(left, least), left, below);
            least = Max.Of(left, [axis], keepDims: true);
        }
        return Softmax.Of(Ops.Where.Of(GreaterOrEqual.Of(scores, least), scores, below), axis);
    }

    public override IReadOnlyList<Sample> Samples =>
    [
        new([4, 6]) { Arguments = { ["experts"] = 4, ["hidden"] = 5 } },
        new([2, 3, 5]) { Arguments = { ["experts"] = 3, ["hidden"] = 4, ["Active"] = 1 } },
        new([3, 4]) { Arguments = { ["experts"] = 2, ["hidden"] = 3 } },
    ];
}
