using ModelGen.Compiler.Autodiff;

namespace ModelGen.Compiler.Ops;

/// <summary>
/// softmax(q kᵀ / √d) v (Vaswani et al., "Attention is all you need", 2017). Queries [B, H, T, d], keys [B, G, S, d] and values [B, G, S, e] → [B, H, T, e],
/// or with the heads inside [B, T, H, d], [B, S, G, d], [B, S, G, e] → [B, T, H, e]. G divides H.
/// </summary>
/// <param name="causal">Whether query t sees keys 0..t only.</param>
/// <param name="headsInside">Whether the axis of the heads stands behind that of the positions.</param>
internal sealed class ScaledDotProductAttention(bool causal, bool headsInside) : CompositeOp
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
        Build = call => Of(call.Tensor("query"), call.Tensor("key"), call.Tensor("value"), call.Bool("causal"), headsInside: false),
        Samples =
        [
            new([2, 3, 4], [2, 5, 4], [2, 5, 6]), new Sample([2, 2, 5, 3], [2, 2, 5, 3], [2, 2, 5, 3]).With("causal", true), new Sample([7, 4], [7, 4], [7, 4]).With("causal", true),
            new Sample([2, 4, 3, 5], [2, 2, 3, 5], [2, 2, 3, 5]).With("causal", true), new([3, 1], [1, 1], [1, 2]),
        ],
        PyTorch = "torch.nn.functional.scaled_dot_product_attention",
    };

    public bool Causal { get; } = causal;
    public bool HeadsInside { get; } = headsInside;
    public override string Name => "scaled_dot_product_attention";
    public override string Attributes => ((Causal ? "causal" : "") + (HeadsInside ? " heads inside" : "")).Trim();

    /// <param name="query">[..., H, T, d], or with the heads inside [..., T, H, d]; without heads [T, d].</param>
    /// <param name="key">Alike, of S and G.</param>
    /// <param name="value">Alike.</param>
    /// <param name="causal">Whether a query sees itself and what lies before it only.</param>
    /// <param name="headsInside">Whether the axis of the heads stands behind that of the positions.</param>
    public static Node Of(Node query, Node key, Node value, bool causal, bool headsInside)
    {
        Shape q = HeadsFirst(query.Shape, headsInside), k = HeadsFirst(key.Shape, headsInside), v = HeadsFirst(value.Shape, headsInside);
        Require(q, k, v, causal);
        int lead = Math.Max(0, q.Rank - 3);
        Node Four(Node x) => Reshape.Of(x, new Shape(Enumerable.Repeat(x.Shape.Product(0, lead), 1).Concat(Enumerable.Repeat(Dim.One, x.Shape.Rank == 2 ? 1 : 0)).Concat(x.Shape.Skip(lead))));
        var y = query.Graph.Add(new ScaledDotProductAttention(causal, headsInside), Four(query), Four(key), Four(value));
        return Reshape.Of(y, new Shape(query.Shape.Take(q.Rank - 1).Append(v[v.Rank - 1])));
    }

    static Shape HeadsFirst(Shape x, bool headsInside) =>
        headsInside ? x.Permuted([.. Enumerable.Range(0, x.Rank - 3), x.Rank - 2, x.Rank - 3, x.Rank - 1]) : x;

    static void Require(Shape q, Shape k, Shape v, bool causal)
    {
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
        if (!width.IsConstant) throw new ModelException(Rules.Argument, $"'ScaledDotProductAttention' needs queries of a constant width, but was given {q}.");
        int lead = rank - 2;
        bool batches = Enumerable.Range(0, Math.Max(0, lead - 1)).All(i => q[i] == k[i] && k[i] == v[i]);
        if (!batches || (lead > 0 && (k[lead - 1] != v[lead - 1] || q[lead - 1].DivideExactly(k[lead - 1]) is null))) throw new ModelException(Rules.Broadcast,
            $"'ScaledDotProductAttention' was given queries {q}, keys {k} and values {v}: the axes before the last two must be equal, or the heads of the queries a multiple of those of keys and values.");
    }

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        Shape q = inputs[0].Shape, v = inputs[2].Shape;
        Require(HeadsFirst(q, HeadsInside), HeadsFirst(inputs[1].Shape, HeadsInside), HeadsFirst(v, HeadsInside), Causal);
        return new TensorType(inputs[0].DType, q.With(3, v[3]));
    }

    public override Node Decompose(Node y)
    {
        int first = y.Graph.Nodes.Count;
        var result = Formula(y.Inputs[0], y.Inputs[1], y.Inputs[2]);
        // The parts are kernels of their own, each under its own name.
        foreach (var part in y.Graph.Nodes.Skip(first)) part.Origin ??= part.Op.Name;
        return result;
    }

    // Two batched products and, between them, one pass over the scores.
    Node Formula(Node query, Node key, Node value)
    {
        if (HeadsInside) (query, key, value) = (Transpose.Of(query, 1, 2), Transpose.Of(key, 1, 2), Transpose.Of(value, 1, 2));
        Shape q = query.Shape, k = key.Shape;
        Dim length = q[2], width = q[3], keys = k[2], e = value.Shape[3], batch = k[0] * k[1], groups = q[1].DivideExactly(k[1])!;

        // Groups of queries that share their keys are more rows of one product.
        var rows = groups * length;
        var scores = query.Graph.Add(new MatMul(false, true), Reshape.Of(query, new Shape(batch, rows, width)), Reshape.Of(key, new Shape(batch, keys, width)));
        scores *= 1 / Math.Sqrt(width.Value);
        if (Causal) scores = CausalMask.Of(Reshape.Of(scores, new Shape(batch * groups, length, keys)), double.NegativeInfinity);
        var weights = Reshape.Of(Softmax.Of(scores, 2), new Shape(batch, rows, keys));
        var y = Reshape.Of(query.Graph.Add(new MatMul(false, false), weights, Reshape.Of(value, new Shape(batch, keys, e))), q.With(3, e));
        return HeadsInside ? Transpose.Of(y, 1, 2) : y;
    }

    // The gradient of the formula. An input that is given twice takes all that flows to it once.
    public override void Backward(Vjp vjp)
    {
        var inputs = new[] { vjp.Input(0), vjp.Input(1), vjp.Input(2) };
        var gradients = ReverseMode.Pullback(Formula(inputs[0], inputs[1], inputs[2]), vjp.Dy, inputs);
        for (int i = 0; i < inputs.Length; i++)
            if (Array.IndexOf(inputs, inputs[i]) == i) vjp.Add(i, gradients[i]);
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var (q, k, v) = (call[0], call[1], call[2]);
        var y = new NdArray(call.ResultShape);
        int positions = HeadsInside ? 1 : 2, heads = 3 - positions, share = q.Shape[heads] / k.Shape[heads];
        int[] At(int b, int h, int t, int c) => HeadsInside ? [b, t, h, c] : [b, h, t, c];
        double scale = 1 / Math.Sqrt(q.Shape[3]);
        for (int b = 0; b < q.Shape[0]; b++)
            for (int h = 0; h < q.Shape[heads]; h++)
                for (int t = 0; t < q.Shape[positions]; t++)
                {
                    int seen = Causal ? t + 1 : k.Shape[positions];
                    var scores = Enumerable.Range(0, seen).Select(s => scale * Enumerable.Range(0, q.Shape[3]).Sum(c => q[At(b, h, t, c)] * k[At(b, h / share, s, c)])).ToArray();
                    double max = scores.Max(), sum = scores.Sum(s => Math.Exp(s - max));
                    for (int c = 0; c < v.Shape[3]; c++)
                        y[At(b, h, t, c)] = Enumerable.Range(0, seen).Sum(s => Math.Exp(scores[s] - max) / sum * v[At(b, h / share, s, c)]);
                }
        return y;
    }
}
