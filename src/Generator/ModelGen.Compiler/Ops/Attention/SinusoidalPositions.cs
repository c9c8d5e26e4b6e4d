namespace ModelGen.Compiler.Ops;

/// <summary>
/// Sinusoidal positions (Vaswani et al., "Attention is all you need", 2017): p[t, 2i] = sin(t · 10000^(-2i/d)), p[t, 2i + 1] = the cosine. Written with
/// other ops.
/// </summary>
internal static class SinusoidalPositions
{
    public static readonly TensorMethod Method = new()
    {
        Name = "AddSinusoidalPositions",
        Summary = "x + p with p[t, 2i] = sin(t · 10000^(-2i/d)) and p[t, 2i + 1] the cosine of the same (Vaswani et al. 2017): [..., T, d] → [..., T, d].",
        Parameters = [SurfaceParameter.Tensor("x", "embeddings, [..., T, d] with an even d")],
        Build = call => Add(call.Tensor("x")),
        Samples = [new([5, 6]), new([2, 3, 4]), new([1, 2])],
    };

    static Node Add(Node x)
    {
        int rank = x.Shape.Rank;
        if (rank < 2 || !x.Shape[rank - 1].IsConstant || x.Shape[rank - 1].Value % 2 != 0) throw new ModelException(Rules.Argument,
            $"'AddSinusoidalPositions' needs [..., T, d] with an even constant d, but was given {x.Shape}.");
        Dim length = x.Shape[rank - 2], width = x.Shape[rank - 1];
        int half = (int)(width.Value / 2);
        var angles = Reshape.Of(Rotary.Angles(x.Graph, length, half, x.DType), new Shape(length, half, Dim.One));
        return x + Reshape.Of(Concat.Of(2, [Sin.Of(angles), Cos.Of(angles)]), new Shape(length, width));
    }
}
