namespace ModelGen.Compiler.Ops;

/// <summary>
/// Rotary position embedding (Su et al., "RoFormer", 2021): the pair (x[i], x[i + d/2]) at position t is turned by the angle t · base^(-2i/d). Written
/// with other ops; the table of sines and cosines is one for all that have the same length and width.
/// </summary>
internal static class Rotary
{
    const double Base = 10000;

    public static readonly TensorMethod Method = new()
    {
        Name = "Rotary",
        Summary = "Rotary position embedding (Su et al. 2021): in [..., T, d] the pair of elements i and i + d/2 at position t is turned by the angle t · 10000^(-2i/d).",
        Parameters = [SurfaceParameter.Tensor("x", "queries or keys, [..., T, d] with an even d")],
        Build = call => Of(call.Tensor("x"), "'Rotary'", headsInside: false),
        Samples = [new([4, 6]), new([2, 3, 5, 8]), new([1, 2])],
    };

    /// <param name="x">Queries or keys.</param>
    /// <param name="display">Who asks, for messages.</param>
    /// <param name="headsInside">Whether an axis of heads stands behind that of the positions: [..., T, H, d].</param>
    public static Node Of(Node x, string display, bool headsInside)
    {
        int rank = x.Shape.Rank;
        if (rank < 2 || !x.Shape[rank - 1].IsConstant || x.Shape[rank - 1].Value % 2 != 0) throw new ModelException(Rules.Argument,
            $"{display} turns pairs of elements, so it needs [..., T, d] with an even constant d, but was given {x.Shape}.");
        Dim length = x.Shape[headsInside ? rank - 3 : rank - 2];
        int half = (int)(x.Shape[rank - 1].Value / 2);
        var angles = Angles(x.Graph, length, half, x.DType);
        if (headsInside) angles = Reshape.Of(angles, new Shape(length, Dim.One, half));
        Node cos = Cos.Of(angles), sin = Sin.Of(angles);
        Node first = Slice.Of(x, rank - 1, Dim.Zero, half), second = Slice.Of(x, rank - 1, half, half);
        return Concat.Of(rank - 1, [(first * cos) - (second * sin), (first * sin) + (second * cos)]);
    }

    /// <summary>t · 10000^(-i/half) for positions t and pairs i: [T, half].</summary>
    internal static Node Angles(Graph graph, Dim length, int half, DType type)
    {
        var positions = Reshape.Of(Arange.Of(graph, length, type), new Shape([length, Dim.One]));
        return positions * Exp.Of(Arange.Of(graph, half, type) * (-Math.Log(Base) / half));
    }
}
