namespace ModelGen.Compiler.Layers;

/// <summary>y[..., t, :] = x[..., t, :] + W[t]: a learned vector for each position.</summary>
internal sealed class PositionEmbedding : LayerDefinition
{
    public static readonly PositionEmbedding Definition = new() { PyTorch = "torch.nn.Embedding of torch.arange(T)" };

    public override string Name => "PositionEmbedding";

    public override string Summary => "Adds a learned vector for each position: [..., T, width] → [..., T, width], T at most length. The vectors start normal with mean 0 and the given deviation.";

    public override IReadOnlyList<SurfaceParameter> Constructor => [SurfaceParameter.Int("length", "how many positions there are; the longest sequence")];

    public override IReadOnlyList<SurfaceParameter> Properties => [SurfaceParameter.Float("Deviation", "standard deviation of the first weights; a GPT uses 0.02", 1)];

    public override Node Forward(LayerCall layer)
    {
        var x = layer.X;
        if (x.Shape.Rank < 2) throw new ModelException(Rules.Rank, $"{layer.Display} takes an input [..., length, width] with at least 2 axes, but was given {x.Shape}.");
        int length = layer.Positive("length"), width = layer.Features(x.Shape[x.Shape.Rank - 1], "", "features");
        var positions = x.Shape[x.Shape.Rank - 2];
        if (positions.IsConstant ? positions.Value > length : !layer.AnyLength) throw new ModelException(Rules.Argument,
            $"{layer.Display} has {length} positions, but its input {x.Shape} has {positions}{(positions.IsConstant ? "" : ", which is known only at run time")}.")
            {
                Argument = "length", Repair = positions.IsConstant ? Repair.Set("length", positions) : null,
            };
        double deviation = layer.Arguments.Float("Deviation");
        if (!(deviation >= 0) || double.IsInfinity(deviation)) throw new ModelException(Rules.Argument,
            $"{layer.Display} needs a 'Deviation' of at least 0, but it is {deviation.ToString(System.Globalization.CultureInfo.InvariantCulture)}.") { Argument = "Deviation" };
        var weight = layer.Parameter("weight", Shape.Of(length, width), Initializer.Normal(deviation));
        return x + Slice.Of(weight, 0, Dim.Zero, positions);
    }

    public override IReadOnlyList<Sample> Samples =>
    [
        new([2, 4, 3]) { Arguments = { ["length"] = 4 } },
        new([3, 5, 17]) { Arguments = { ["length"] = 7, ["Deviation"] = 0.02 } },
    ];
}
