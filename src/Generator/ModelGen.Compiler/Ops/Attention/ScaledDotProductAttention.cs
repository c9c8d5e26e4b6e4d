using ModelGen.Compiler.Autodiff;

namespace ModelGen.Compiler.Ops;

/// <summary>
/// softmax(q kᵀ / √d) v (Vaswani et al., "Attention is all you need", 2017). Queries [B, H, T, d], keys [B, G, S, d] and values [B, G, S, e] → [B, H, T, e],
/// or with the heads inside [B, T, H, d], [B, S, G, d], [B, S, G, e] → [B, T, H, e]. G divides H. A fourth input, lengths [B], says how many keys a sequence has. The
/// result of a query that sees no key is 0.
/// </summary>
/// <param name="causal">Whether query t sees keys 0..t only.</param>
/// <param name="window">Queries see keys less than so many positions away; 0 for any distance.</param>
/// <param name="headsInside">Whether the axis of the heads stands behind that of the positions.</param>
internal sealed class ScaledDotProductAttention(bool causal, int window, bool headsInside) : CompositeOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "ScaledDotProductAttention",
        Summary = "softmax(q kᵀ / √d) v: queries [..., T, d], keys [..., S, d] and values [..., S, e] → [..., T, e]. Causal: query t sees keys 0..t only. " +
            "Leading axes are batch and heads; keys and values may have fewer heads than queries (grouped-query attention) when the axis before T divides.",
        Parameters = [Query, Key, Value, CausalParameter, WindowParameter],
        Build = call => Of(call.Tensor("query"), call.Tensor("key"), call.Tensor("value"), null, call.Bool("causal"), WindowOf(call), headsInside: false),
        Samples =
        [
            new([2, 3, 4], [2, 5, 4], [2, 5, 6]), new Sample([2, 2, 5, 3], [2, 2, 5, 3], [2, 2, 5, 3]).With("causal", true), new Sample([7, 4], [7, 4], [7, 4]).With("causal", true),
            new Sample([2, 4, 3, 5], [2, 2, 3, 5], [2, 2, 3, 5]).With("causal", true), new([3, 1], [1, 1], [1, 2]),
            new Sample([2, 19, 5], [2, 19, 5], [2, 19, 3]).With("causal", true).With("window", 4), new Sample([17, 8], [17, 8], [17, 8]).With("window", 3),
            new([1, 2, 31, 4], [1, 1, 18, 4], [1, 1, 18, 9]),
        ],
        PyTorch = "torch.nn.functional.scaled_dot_product_attention",
    };

    public static readonly TensorMethod LengthsMethod = new()
    {
        Name = "ScaledDotProductAttention",
        Summary = "softmax(q kᵀ / √d) v of padded sequences: queries [B, ..., T, d], keys [B, ..., S, d] and values [B, ..., S, e] → [B, ..., T, e]; of sequence b only the first " +
            "lengths[b] keys are seen. A query that sees no key has the result 0.",
        Parameters = [Query, Key, Value, SurfaceParameter.IntTensor("lengths", "how many keys each sequence has, [B], each in 0..S"), CausalParameter, WindowParameter],
        Build = call => Of(call.Tensor("query"), call.Tensor("key"), call.Tensor("value"), call.Tensor("lengths"), call.Bool("causal"), WindowOf(call), headsInside: false),
        Samples =
        [
            new([3, 2, 4], [3, 5, 4], [3, 5, 6], [3]) { Classes = 6 }, new Sample([2, 2, 5, 3], [2, 2, 5, 3], [2, 2, 5, 3], [2]) { Classes = 6 }.With("causal", true),
            new([2, 4, 18, 8], [2, 2, 20, 8], [2, 2, 20, 8], [2]) { Classes = 21 }, new Sample([2, 2, 17, 3], [2, 2, 17, 3], [2, 2, 17, 3], [2]) { Classes = 18 }.With("causal", true).With("window", 5),
        ],
        PyTorch = "torch.nn.functional.scaled_dot_product_attention",
    };

    public static readonly TensorMethod MaskMethod = new()
    {
        Name = "ScaledDotProductAttention",
        Summary = "softmax(q kᵀ / √d + mask) v: queries [..., T, d], keys [..., S, d], values [..., S, e] and a mask that broadcasts to the scores [..., T, S] → [..., T, e]. -∞ hides a key; " +
            "any other number is a bias.",
        Parameters = [Query, Key, Value, SurfaceParameter.Tensor("mask", "what is added to the scores")],
        Build = call => Masked(call.Tensor("query"), call.Tensor("key"), call.Tensor("value"), call.Tensor("mask"), lengths: null, causal: false, window: 0),
        Samples = [new([2, 3, 4], [2, 5, 4], [2, 5, 6], [3, 5]), new([2, 4, 3, 5], [2, 2, 6, 5], [2, 2, 6, 5], [2, 1, 1, 6]), new([7, 4], [7, 4], [7, 4], [7, 7])],
        PyTorch = "torch.nn.functional.scaled_dot_product_attention",
    };

    // Before the methods' initialisers run, these are properties on purpose.
    static SurfaceParameter Query => SurfaceParameter.Tensor("query", "the queries, [..., T, d]");
    static SurfaceParameter Key => SurfaceParameter.Tensor("key", "the keys, [..., S, d]");
    static SurfaceParameter Value => SurfaceParameter.Tensor("value", "the values, [..., S, e]");
    static SurfaceParameter CausalParameter => SurfaceParameter.Bool("causal", "whether a query sees itself and what lies before it only; needs S = T", false);
    static SurfaceParameter WindowParameter => SurfaceParameter.OptionalInt("window", "queries see keys less than so many positions away (sliding window); needs S = T");

    static int WindowOf(Call call) => call.OptionalInt("window") is not { } window ? 0 : window > 0 ? window : throw new ModelException(Rules.Argument,
        $"'ScaledDotProductAttention' needs a window of at least 1, but it is {window}.") { Argument = "window", Repair = Repair.Set("window", 1) };

    public bool Causal { get; } = causal;

    /// <summary>How near a key must be; 0 for any distance.</summary>
    public int Window { get; } = window;
    public bool HeadsInside { get; } = headsInside;

    /// <summary>The axis of the positions.</summary>
    public int Positions => HeadsInside ? 1 : 2;
    public override bool IsFactor(int input) => input < 3;
    public override string Name => "scaled_dot_product_attention";
    public override string Attributes => $"{(Causal ? "causal " : "")}{(Window > 0 ? $"window={Window} " : "")}{(HeadsInside ? "heads inside" : "")}".Trim();

    /// <param name="query">[..., H, T, d], or with the heads inside [..., T, H, d]; without heads [T, d].</param>
    /// <param name="key">Alike, of S and G.</param>
    /// <param name="value">Alike.</param>
    /// <param name="lengths">How many keys each sequence has, [B]; null for all.</param>
    /// <param name="causal">Whether a query sees itself and what lies before it only.</param>
    /// <param name="window">How near a key must be; 0 for any distance.</param>
    /// <param name="headsInside">Whether the axis of the heads stands behind that of the positions.</param>
    public static Node Of(Node query, Node key, Node value, Node? lengths, bool causal, int window, bool headsInside)
    {
        Shape q = HeadsFirst(query.Shape, headsInside), k = HeadsFirst(key.Shape, headsInside), v = HeadsFirst(value.Shape, headsInside);
        Require(q, k, v, causal, window);
        int lead = Math.Max(0, q.Rank - 3);
        if (lengths is not null)
        {
            // The first axis is that of the sequences; with no other one before the positions it is not one of heads.
            if (q.Rank is not (3 or 4) || lengths.DType != DType.Int32 || lengths.Shape.Rank != 1 || lengths.Shape[0] != q[0]) throw new ModelException(Rules.Labels,
                $"'ScaledDotProductAttention' of queries {q} takes the lengths of [N, T, d] or [N, heads, T, d], one integer for each sequence, but was given {lengths.Type}.") { Argument = "lengths" };
            lead = q.Rank == 3 ? 1 : lead;
        }
        var op = new ScaledDotProductAttention(causal, window, headsInside);
        var y = lengths is null ? query.Graph.Add(op, Four(query, lead), Four(key, lead), Four(value, lead)) : query.Graph.Add(op, Four(query, lead), Four(key, lead), Four(value, lead), lengths);
        return Reshape.Of(y, new Shape(query.Shape.Take(q.Rank - 1).Append(v[v.Rank - 1])));
    }

    // The axes before the last three as one; a missing axis of heads has size 1.
    static Node Four(Node x, int lead) =>
        Reshape.Of(x, new Shape(Enumerable.Repeat(x.Shape.Product(0, lead), 1).Concat(Enumerable.Repeat(Dim.One, x.Shape.Rank - lead == 2 ? 1 : 0)).Concat(x.Shape.Skip(lead))));

    static Shape HeadsFirst(Shape x, bool headsInside) =>
        headsInside ? x.Permuted([.. Enumerable.Range(0, x.Rank - 3), x.Rank - 2, x.Rank - 3, x.Rank - 1]) : x;

    static void Require(Shape q, Shape k, Shape v, bool causal, int window)
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
        if (window > 0 && keys != length) throw new ModelException(Rules.Argument,
            $"'ScaledDotProductAttention' has a window, so it needs as many keys as queries, but was given {length} queries and {keys} keys.") { Argument = "window" };
        if (!width.IsConstant) throw new ModelException(Rules.Argument, $"'ScaledDotProductAttention' needs queries of a constant width, but was given {q}.");
        int lead = rank - 2;
        bool batches = Enumerable.Range(0, Math.Max(0, lead - 1)).All(i => q[i] == k[i] && k[i] == v[i]);
        if (!batches || (lead > 0 && (k[lead - 1] != v[lead - 1] || q[lead - 1].DivideExactly(k[lead - 1]) is null))) throw new ModelException(Rules.Broadcast,
            $"'ScaledDotProductAttention' was given queries {q}, keys {k} and values {v}: the axes before the last two must be equal, or the heads of the queries a multiple of those of keys and values.");
    }

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        Shape q = inputs[0].Shape, v = inputs[2].Shape;
        Require(HeadsFirst(q, HeadsInside), HeadsFirst(inputs[1].Shape, HeadsInside), HeadsFirst(v, HeadsInside), Causal, Window);
        return new TensorType(inputs[0].DType, q.With(3, v[3]));
    }

    public override (int Input, Dim Bound)? IndexBound(Node y) => y.Inputs.Count == 4 ? (3, y.Inputs[1].Shape[Positions] + 1) : null;

    public override Node Decompose(Node y)
    {
        if (FlashAttention.Pays(y.Inputs[0].Shape[Positions], y.Inputs[1].Shape[Positions]))
        {
            var kernel = y.Graph.Add(new FlashAttention(this), [.. y.Inputs]);
            kernel.Origin = kernel.Op.Name;
            return kernel;
        }
        int first = y.Graph.Nodes.Count;
        var result = Formula(y.Inputs);
        // The parts are kernels of their own, each under its own name.
        foreach (var part in y.Graph.Nodes.Skip(first)) part.Origin ??= part.Op.Name;
        return result;
    }

    // Two batched products and, between them, one pass over the scores.
    Node Formula(IReadOnlyList<Node> inputs)
    {
        var (query, key, value) = (inputs[0], inputs[1], inputs[2]);
        if (HeadsInside) (query, key, value) = (Transpose.Of(query, 1, 2), Transpose.Of(key, 1, 2), Transpose.Of(value, 1, 2));
        var y = Weighted(query, key, value, scores =>
        {
            if (inputs.Count == 3) return Softmax.Of(AttentionMask.Of(scores, Causal, Window, double.NegativeInfinity), 2);
            // A query may see nothing: then all its scores are equally far down, and the mask once more makes all its weights 0.
            var each = new Shape(query.Shape[0], query.Shape[1], query.Shape[2], key.Shape[2]);
            Node Masked(Node x, double fill) => LengthMask.Of(AttentionMask.Of(Reshape.Of(x, each), Causal, Window, fill), inputs[3], fill);
            return Masked(Softmax.Of(Masked(scores, -1e30), 3), 0);
        });
        return HeadsInside ? Transpose.Of(y, 1, 2) : y;
    }

    // Queries [B, H, T, d]; the weights are made of the scores [B * H, T, S].
    static Node Weighted(Node query, Node key, Node value, Func<Node, Node> weights)
    {
        Shape q = query.Shape, k = key.Shape;
        Dim length = q[2], width = q[3], keys = k[2], e = value.Shape[3], batch = k[0] * k[1], groups = q[1].DivideExactly(k[1])!;

        // Groups of queries that share their keys are more rows of one product.
        var rows = groups * length;
        var scores = query.Graph.Add(new MatMul(false, true), Reshape.Of(query, new Shape(batch, rows, width)), Reshape.Of(key, new Shape(batch, keys, width)));
        scores *= 1 / Math.Sqrt(width.Value);
        var softmax = Reshape.Of(weights(Reshape.Of(scores, new Shape(batch * groups, length, keys))), new Shape(batch, rows, keys));
        return Reshape.Of(query.Graph.Add(new MatMul(false, false), softmax, Reshape.Of(value, new Shape(batch, keys, e))), q.With(3, e));
    }

    /// <summary>
    /// The formula with a mask of numbers added to the scores. Queries [..., H, T, d], keys [..., G, S, d] and values [..., G, S, e], and a mask that broadcasts to the
    /// scores [..., H, T, S]. With lengths [B] the tensors have four axes.
    /// </summary>
    /// <param name="query">The queries.</param>
    /// <param name="key">The keys.</param>
    /// <param name="value">The values.</param>
    /// <param name="mask">What is added.</param>
    /// <param name="lengths">How many keys each sequence has, [B]; null for all.</param>
    /// <param name="causal">Whether a query sees itself and what lies before it only.</param>
    /// <param name="window">How near a key must be; 0 for any distance.</param>
    public static Node Masked(Node query, Node key, Node value, Node mask, Node? lengths, bool causal, int window)
    {
        Shape q = query.Shape;
        Require(q, key.Shape, value.Shape, causal, window);
        int lead = Math.Max(0, q.Rank - 3);
        Shape scores = new(q.Take(q.Rank - 1).Append(key.Shape[q.Rank - 2]));
        if (mask.Shape.Rank > scores.Rank || Broadcasting.Combine("ScaledDotProductAttention", scores, mask.Shape) != scores) throw new ModelException(Rules.Broadcast,
            $"'ScaledDotProductAttention' of queries {q} and keys {key.Shape} has scores {scores}; a mask {mask.Shape} does not broadcast to them.") { Argument = "mask" };
        Node Seen(Node x, double fill)
        {
            var seen = AttentionMask.Of(x, causal, window, fill);
            return lengths is null ? seen : LengthMask.Of(seen, lengths, fill);
        }
        var y = Weighted(Four(query, lead), Four(key, lead), Four(value, lead), x =>
        {
            var biased = Reshape.Of(x, scores) + mask;
            int last = scores.Rank - 1;
            // As in the formula: a query that sees nothing gets 0.
            var weights = lengths is null ? Softmax.Of(Seen(biased, double.NegativeInfinity), last) : Seen(Softmax.Of(Seen(biased, -1e30), last), 0);
            return Reshape.Of(weights, x.Shape);
        });
        return Reshape.Of(y, new Shape(q.Take(q.Rank - 1).Append(value.Shape[q.Rank - 1])));
    }

    public override void Backward(Vjp vjp)
    {
        var inputs = Enumerable.Range(0, vjp.InputCount).Select(vjp.Input).ToArray();
        var gradients = FlashAttention.Pays(inputs[0].Shape[Positions], inputs[1].Shape[Positions]) ? FlashAttentionGradient.Of(this, inputs, vjp.Dy) : FormulaGradients(inputs, vjp.Dy);
        for (int i = 0; i < gradients.Length; i++)
            if (gradients[i] is { } gradient) vjp.Add(i, gradient);
    }

    /// <summary>The gradients of the formula. A tensor that is given twice takes all that flows to it once; null for the second time.</summary>
    public Node?[] FormulaGradients(Node[] inputs, Node dy)
    {
        var nodes = inputs.Take(3).Distinct().ToArray();
        var gradients = ReverseMode.Pullback(Formula(inputs), dy, nodes);
        return [.. Enumerable.Range(0, 3).Select(i => Array.IndexOf(inputs, inputs[i]) == i ? gradients[Array.IndexOf(nodes, inputs[i])] : null)];
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        Visit(call, (_, seen, _, valueOf, resultOf, weights) =>
        {
            for (int c = 0; c < y.Shape[3]; c++) y.Data[resultOf + c] = seen.Zip(weights, (s, weight) => weight * call[2].Data[valueOf(s) + c]).Sum();
        });
        return y;
    }

    /// <summary>
    /// Every query with the keys that it sees: where its elements begin, the keys' positions, where keys, values and results begin, and the weights of the keys.
    /// </summary>
    internal void Visit(ReferenceCall call, Action<int, int[], Func<int, int>, Func<int, int>, int, double[]> each)
    {
        var (q, k, v) = (call[0], call[1], call[2]);
        int heads = 3 - Positions, share = q.Shape[heads] / k.Shape[heads];
        int Start(NdArray x, int b, int h, int t) => (HeadsInside ? (((b * x.Shape[1]) + t) * x.Shape[2]) + h : (((b * x.Shape[1]) + h) * x.Shape[2]) + t) * x.Shape[3];
        double scale = 1 / Math.Sqrt(q.Shape[3]);
        for (int b = 0; b < q.Shape[0]; b++)
            for (int h = 0; h < q.Shape[heads]; h++)
                for (int t = 0; t < q.Shape[Positions]; t++)
                {
                    int keys = call.Inputs.Count > 3 && call[3].Rank == 1 ? (int)call[3].Data[b] : k.Shape[Positions];
                    var seen = Enumerable.Range(0, keys).Where(s => (!Causal || s <= t) && (Window == 0 || Math.Abs(s - t) < Window)).ToArray();
                    int query = Start(q, b, h, t);
                    var scores = seen.Select(s => scale * Enumerable.Range(0, q.Shape[3]).Sum(c => q.Data[query + c] * k.Data[Start(k, b, h / share, s) + c])).ToArray();
                    double max = scores.DefaultIfEmpty().Max(), sum = scores.Sum(s => Math.Exp(s - max));
                    each(query, seen, s => Start(k, b, h / share, s), s => Start(v, b, h / share, s), query / q.Shape[3] * v.Shape[3], [.. scores.Select(s => Math.Exp(s - max) / sum)]);
                }
    }
}
