namespace ModelGen.Compiler.Ops;

/// <summary>What <see cref="Tril"/> and <see cref="Triu"/> share: the coordinates of the last two axes decide what stays.</summary>
internal static class Triangle
{
    public static IReadOnlyList<SurfaceParameter> Parameters { get; } =
        [SurfaceParameter.Tensor("x", "matrices, [..., rows, columns]"), SurfaceParameter.Int("diagonal", "the last (or first) diagonal that stays: 0 is the main one, 1 the next above it", 0)];

    public static IReadOnlyList<Sample> Samples { get; } = [new([4, 5]), new Sample([2, 5, 3]).With("diagonal", -1), new Sample([3, 3]).With("diagonal", 1)];

    /// <param name="call">The call.</param>
    /// <param name="stays">Given column and row + diagonal: 1 for what stays.</param>
    public static Node Of(Call call, Func<Node, Node, Node> stays)
    {
        var x = call.Tensor("x");
        if (x.Shape.Rank < 2) throw new ModelException(Rules.Rank, $"'{call.Method}' takes matrices [..., rows, columns], but was given {x.Shape}.");
        return Of(x, call.Int("diagonal"), stays);
    }

    /// <summary>The lower or the upper triangle of matrices, for gradient rules.</summary>
    public static Node Of(Node x, bool upper, int diagonal = 0) => Of(x, diagonal, upper ? GreaterOrEqual.Of : LessOrEqual.Of);

    static Node Of(Node x, int diagonal, Func<Node, Node, Node> stays)
    {
        int rank = x.Shape.Rank;
        Dim rows = x.Shape[rank - 2], columns = x.Shape[rank - 1];
        var row = Reshape.Of(Arange.Of(x.Graph, rows, diagonal, 1, x.DType), new Shape(rows, Dim.One));
        return Mask.Of(x, stays(Arange.Of(x.Graph, columns, 0, 1, x.DType), row));
    }
}
