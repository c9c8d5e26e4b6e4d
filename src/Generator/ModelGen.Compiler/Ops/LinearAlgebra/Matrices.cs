namespace ModelGen.Compiler.Ops;

/// <summary>What the ops of linear algebra share: batches of square matrices, as [batch, n, n].</summary>
internal static class Matrices
{
    /// <summary>Refuses what are no square matrices.</summary>
    public static void RequireSquare(string method, Node x)
    {
        int rank = x.Shape.Rank;
        if (rank < 2 || x.Shape[rank - 2] != x.Shape[rank - 1]) throw new ModelException(rank < 2 ? Rules.Rank : Rules.MatMulSizes,
            $"'{method}' takes square matrices [..., n, n], but was given {x.Shape}.");
    }

    /// <summary>All leading axes as one.</summary>
    public static Node Flat(Node x)
    {
        int rank = x.Shape.Rank;
        return Reshape.Of(x, new Shape(x.Shape.Product(0, rank - 2), x.Shape[rank - 2], x.Shape[rank - 1]));
    }

    public static Node Transposed(Node x) => Transpose.Of(x, x.Shape.Rank - 2, x.Shape.Rank - 1);

    /// <summary>A B of two batches [batch, ., .].</summary>
    public static Node Product(Node a, Node b, bool transposeA = false, bool transposeB = false) => a.Graph.Add(new MatMul(transposeA, transposeB), a, b);

    /// <summary>Ones on the diagonal, for each matrix of a batch [batch, n, n].</summary>
    public static Node Identity(Node like)
    {
        var (graph, n) = (like.Graph, like.Shape[2]);
        var row = Reshape.Of(Arange.Of(graph, n, like.DType), new Shape(n, Dim.One));
        return BroadcastTo.Of(Equal.Of(row, Arange.Of(graph, n, like.DType)), like.Shape);
    }

    /// <summary>
    /// The solutions of a x = b, for matrices a [..., n, n] and right sides b: vectors [..., n] where they have the leading axes of a or no others, else matrices [..., n, m] whose
    /// leading axes broadcast. <paramref name="solve"/> is given [batch, n, n] and [batch, n, m].
    /// </summary>
    public static Node Solutions(string method, Node a, Node b, Func<Node, Node, Node> solve)
    {
        RequireSquare(method, a);
        int rank = a.Shape.Rank;
        var n = a.Shape[rank - 1];
        if (b.Shape.Rank == 1 || b.Shape == new Shape(a.Shape.Take(rank - 1)))
        {
            var x = b.Shape.Rank > 0 && b.Shape[b.Shape.Rank - 1] == n ? Solutions(method, a, Reshape.Of(b, new Shape(b.Shape.Append(Dim.One))), solve) : throw Misfit();
            return Reshape.Of(x, new Shape(x.Shape.Take(x.Shape.Rank - 1)));
        }
        if (b.Shape.Rank < 2 || b.Shape[b.Shape.Rank - 2] != n) throw Misfit();
        var m = b.Shape[b.Shape.Rank - 1];
        if (rank == 2 && b.Shape.Rank > 2)
        {
            // One matrix for all: their right sides are columns, side by side.
            int[] last = [.. Enumerable.Range(0, b.Shape.Rank - 2), b.Shape.Rank - 1];
            var rows = Permute.Of(b, [b.Shape.Rank - 2, .. last]);
            var x = solve(Flat(a), Reshape.Of(rows, new Shape(Dim.One, n, rows.Shape.Product(1, rows.Shape.Rank))));
            return Permute.Of(Reshape.Of(x, rows.Shape), [.. Enumerable.Range(1, b.Shape.Rank - 2), 0, b.Shape.Rank - 1]);
        }
        var batch = Broadcasting.Combine(method, new Shape(a.Shape.Take(rank - 2)), new Shape(b.Shape.Take(b.Shape.Rank - 2)));
        var solved = solve(Flat(BroadcastTo.Of(a, new Shape(batch.Append(n).Append(n)))), Flat(BroadcastTo.Of(b, new Shape(batch.Append(n).Append(m)))));
        return Reshape.Of(solved, new Shape(batch.Append(n).Append(m)));

        ModelException Misfit() => new(Rules.MatMulSizes, $"'{method}' with matrices {a.Shape} takes right sides [..., {n}, m] or [..., {n}], but was given {b.Shape}.") { Argument = "b" };
    }

    /// <summary>The shape of a call of one of the kernels, for [batch, n, n] and perhaps [batch, n, m].</summary>
    public static IReadOnlyList<(string Member, Dim Value)> KernelShape(Shape a, Dim columns) => [("Batch", a[0]), ("Size", a[2]), ("Columns", columns)];

    /// <summary>Each matrix by itself: the positions of a sequence may be among the batch, where they are in all inputs.</summary>
    public static TimeAxis? Follow(TimeFlow flow) => flow.Inputs[0] is { Axis: 0 } time && flow.Inputs.All(i => i == time) ? time : null;

    // ---- plain references

    /// <summary>One matrix of a batch [batch, rows, columns].</summary>
    public static double[,] Of(NdArray x, int batch)
    {
        var y = new double[x.Shape[1], x.Shape[2]];
        for (int i = 0; i < x.Shape[1]; i++)
            for (int j = 0; j < x.Shape[2]; j++) y[i, j] = x[batch, i, j];
        return y;
    }

    /// <summary>Every matrix of a result [batch, rows, columns], each by itself; NaN where <paramref name="matrix"/> says null.</summary>
    public static NdArray Each(int[] shape, Func<int, double[,]?> matrix)
    {
        var y = new NdArray(shape);
        for (int b = 0; b < shape[0]; b++)
        {
            var one = matrix(b);
            for (int i = 0; i < shape[1]; i++)
                for (int j = 0; j < shape[2]; j++) y[b, i, j] = one is null ? double.NaN : one[i, j];
        }
        return y;
    }
}
