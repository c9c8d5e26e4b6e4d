namespace ModelGen.Compiler.Layers;

/// <summary>y = (x - mean) / √(variance + ε) · weight + bias over each group of channels of each sample   (Y. Wu, K. He 2018).</summary>
internal sealed class GroupNorm : LayerDefinition
{
    public static readonly GroupNorm Definition = new() { PyTorch = "torch.nn.GroupNorm" };

    public override string Name => "GroupNorm";

    public override string Summary =>
        "Group normalisation of [N, C, ...]: each sample's channels are split into groups, and each group is normalised over its channels and positions; then y = y · weight + bias per channel.";

    public override IReadOnlyList<SurfaceParameter> Constructor => [SurfaceParameter.Int("groups", "how many groups the channels are split into")];

    public override IReadOnlyList<SurfaceParameter> Properties =>
    [
        SurfaceParameter.Float("Epsilon", "added to the variance, for groups that hardly vary", 1e-5),
        SurfaceParameter.Bool("Affine", "whether there are a weight and a bias for each channel", true),
        SurfaceParameter.OptionalInt("Features", "channels of the input, to be checked; inferred when not given"),
    ];

    public override Node Forward(LayerCall layer)
    {
        var x = layer.X;
        if (x.Shape.Rank < 2) throw new ModelException(Rules.Rank, $"{layer.Display} takes an input [N, C, ...], but was given {x.Shape}.");
        int channels = layer.Features(x.Shape[1], "Features", "channels"), groups = layer.Positive("groups");
        if (channels % groups != 0) throw new ModelException(Rules.Groups,
            $"{layer.Display} splits its channels into {groups} groups, but {channels} channels (its input is {x.Shape}) do not divide by {groups}.") { Argument = "groups" };
        var y = Normalized(x, groups, LayerNorm.Epsilon(layer));
        return layer.Arguments.Bool("Affine") ? Scaled(layer, y, channels) : y;
    }

    internal static Node Normalized(Node x, int groups, double epsilon)
    {
        var grouped = Reshape.Of(x, new Shape(x.Shape[0], groups, x.Shape.Product(1, x.Shape.Rank).DivideExactly(groups)!));
        var centered = grouped - Mean.Of(grouped, [2], keepDims: true);
        return Reshape.Of(centered / Sqrt.Of(Mean.Of(Square.Of(centered), [2], keepDims: true) + epsilon), x.Shape);
    }

    /// <summary>y · weight + bias per channel, which is axis 1.</summary>
    internal static Node Scaled(LayerCall layer, Node y, int channels)
    {
        var shape = new Shape(Enumerable.Repeat(Dim.One, y.Shape.Rank - 2).Prepend(channels));
        Node Channel(string name, Initializer first) => Reshape.Of(layer.Parameter(name, Shape.Of(channels), first), shape);
        return (y * Channel("weight", Initializer.Ones)) + Channel("bias", Initializer.Zeros);
    }

    public override IReadOnlyList<Sample> Samples => [new([2, 6, 3, 2]) { Arguments = { ["groups"] = 3 } }, new([3, 4]) { Arguments = { ["groups"] = 2, ["Affine"] = false } }];
}
