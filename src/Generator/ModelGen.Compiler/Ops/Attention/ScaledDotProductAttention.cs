namespace ModelGen.Compiler.Ops;

/// <summary>
/// softmax(q kᵀ / √d) v (Vaswani et al., "Attention is all you need", 2017). Written with other ops: two batched products and, between them, one pass
/// over the scores.
/// </summary>
internal static class ScaledDotProductAttention
{
    public static readonly TensorMethod Method = new()
    {
        Name = "ScaledDotProductAttention",
        Summary = "softmax(q kᵀ / √d) v: queries [..., T, d], keys [..., S, d] and values [..., S, e] → [..., T, e]. Causal: query t sees keys 0..t only. " +
            "Leading axes are batch and heads; keys and values may have fewer heads than queries (grouped-query attention) when the axis before T divides.",
        Parameters =
        [
            SurfaceParameter.Tensor("query", "the queries, [..., T, d]"), SurfaceParameter.Tensor("key", "the keys, [..., S, d]"), SurfaceParameter.Tensor("value", "the values, [..., S, e]"),
            SurfaceParameter.Bool("causal", "whether a query sees itself and what lies before it only; needs S = T", false),
        ],
        Build = call => Of(call.Tensor("query"), call.Tensor("key"), call.Tensor("value"), call.Bool("causal")),
        Samples =
        [
            new([2, 3, 4], [2, 5, 4], [2, 5, 6]), new Sample([2, 2, 5, 3], [2, 2, 5, 3], [2, 2, 5, 3]).With("causal", true), new Sample([7, 4], [7, 4], [7, 4]).With("causal", true),
            new Sample([2, 4, 3, 5], [2, 2, 3, 5], [2, 2, 3, 5]).With("causal", true), new([3, 1], [1, 1], [1, 2]),
        ],
        PyTorch = "torch.nn.functional.scaled_dot_product_attention",
    };

    public static Node Of(Node query, Node key, Node value, bool causal)
    {
        Shape q = query.Shape, k = key.Shape, v = value.Shape;
        int rank = q.Rank;
        if (rank < 2 || k.Rank != rank || v.Rank != rank) throw new ModelException(Rules.Rank,
            $"'ScaledDotProductAttention' needs queries, keys and values [..., length, width] of equal rank, but was given {q}, {k} and {v}.");
        var (length, width, keys) = (q[rank - 2], q[rank - 1], k[rank - 2]);
        if (k[rank - 1] != width) throw new ModelException(Rules.MatMulSizes,
            $"'ScaledDotProductAttention' of queries {q} and keys {k}: each query has {width} elements and each key {k[rank - 1]}; they must be equal.");
        if (v[rank - 2] != keys) throw new ModelException(Rules.MatMulSizes,
            $"'ScaledDotProductAttention' of keys {k} and values {v}: there are {keys} keys, but {v[rank - 2]} values.");
        if (causal && keys != length) throw new ModelException(Rules.Argument,
            $"'ScaledDotProductAttention' is causal, so it needs as many keys as queries, but was given {length} queries and {keys} keys.") { Argument = "causal" };
        var (groups, batch) = Groups(q, k, v);

        // Groups of queries that share their keys are more rows of one product.
        var (rows, e) = (groups * length, v[rank - 1]);
        var scores = query.Graph.Add(new MatMul(false, true), Reshape.Of(query, new Shape(batch, rows, width)), Reshape.Of(key, new Shape(batch, keys, width)));
        scores *= 1 / Math.Sqrt(Constant(width, q));
        if (causal) scores = CausalMask.Of(Reshape.Of(scores, new Shape(batch * groups, length, keys)), double.NegativeInfinity);
        var weights = Reshape.Of(Softmax.Of(scores, 2), new Shape(batch, rows, keys));
        var y = query.Graph.Add(new MatMul(false, false), weights, Reshape.Of(value, new Shape(batch, keys, e)));
        return Reshape.Of(y, new Shape(q.Take(rank - 1).Append(e)));
    }

    // How many heads of queries share one of keys, and the number of products.
    static (Dim Groups, Dim Batch) Groups(Shape q, Shape k, Shape v)
    {
        int lead = q.Rank - 2;
        bool alike = Enumerable.Range(0, lead).All(i => k[i] == v[i]);
        if (alike && Enumerable.Range(0, lead).All(i => q[i] == k[i])) return (Dim.One, q.Product(0, lead));
        if (alike && lead > 0 && Enumerable.Range(0, lead - 1).All(i => q[i] == k[i]) && q[lead - 1].DivideExactly(k[lead - 1]) is { } groups) return (groups, k.Product(0, lead));
        throw new ModelException(Rules.Broadcast,
            $"'ScaledDotProductAttention' was given queries {q}, keys {k} and values {v}: the axes before the last two must be equal, or the heads of the queries a multiple of those of keys and values.");
    }

    static double Constant(Dim width, Shape q) => width.IsConstant ? width.Value : throw new ModelException(Rules.Argument,
        $"'ScaledDotProductAttention' needs queries of a constant width, but was given {q}.");
}
