namespace ModelGen.Compiler.Layers;

/// <summary>
/// What both attention layers share: y = concat over heads of softmax(qₕ kₕᵀ / √d) vₕ, times Woᵀ, plus bo, with q = x Wqᵀ + bq and so on. The
/// mathematics of torch.nn.MultiheadAttention, whose <c>in_proj_weight</c> is the three weights one below the other.
/// </summary>
internal static class Attention
{
    public static readonly IReadOnlyList<SurfaceParameter> Constructor = [SurfaceParameter.Int("heads", "how many heads the width is divided into")];

    public static readonly IReadOnlyList<SurfaceParameter> Properties =
    [
        SurfaceParameter.Bool("Causal", "whether a query sees itself and what lies before it only", false),
        SurfaceParameter.OptionalInt("Window", "a query sees keys less than so many positions away (sliding window); any distance when not given"),
        SurfaceParameter.OptionalInt("KeyValueHeads", "heads of keys and values, each shared by several of the queries (grouped-query attention); as many as heads when not given"),
        SurfaceParameter.OptionalInt("Width", "size of the last axis, to be checked; inferred when not given"),
        SurfaceParameter.Bool("Bias", "whether the four projections add a bias", true),
        SurfaceParameter.Bool("Rotary", "whether queries and keys are turned by their positions (rotary position embedding)", false),
    ];

    /// <summary>How many keys each sequence has; what stands behind is padding.</summary>
    public static readonly LayerInput Lengths = new("lengths", IsIndex: true, IsOptional: true);

    /// <param name="layer">The application.</param>
    /// <param name="query">[..., T, width].</param>
    /// <param name="key">[..., S, any width].</param>
    /// <param name="value">[..., S, any width].</param>
    /// <param name="lengths">How many keys each sequence has, [N]; null for all.</param>
    /// <param name="mask">What is added to the scores [N, heads, T, S], to which it broadcasts; null for nothing.</param>
    public static Node Of(LayerCall layer, Node query, Node key, Node value, Node? lengths, Node? mask)
    {
        foreach (var x in new[] { query, key, value }) RequireSequence(layer, x);
        if (lengths is not null) RequireLengths(layer, query, lengths);
        int width = layer.Features(query.Shape[query.Shape.Rank - 1], "Width", "features");
        int heads = layer.Positive("heads"), shared = layer.Arguments.OptionalInt("KeyValueHeads") is null ? heads : layer.Positive("KeyValueHeads");
        RequireDivisor(layer, "heads", heads, width, $"{width} features");
        RequireDivisor(layer, "KeyValueHeads", shared, heads, $"{heads} heads");
        int size = width / heads;
        Node q = Heads(Project(layer, query, "q_proj", width, width), heads), k = Heads(Project(layer, key, "k_proj", width, shared * size), shared);
        var v = Heads(Project(layer, value, "v_proj", width, shared * size), shared);
        if (layer.Arguments.Bool("Rotary")) (q, k) = (Ops.Rotary.Of(q, layer.Display, headsInside: true), Ops.Rotary.Of(k, layer.Display, headsInside: true));
        bool causal = layer.Arguments.Bool("Causal");
        int window = layer.Arguments.OptionalInt("Window") is null ? 0 : layer.Positive("Window");
        var y = mask is null ? Ops.ScaledDotProductAttention.Of(q, k, v, lengths, causal, window, headsInside: true)
            : HeadsSwapped(Ops.ScaledDotProductAttention.Masked(HeadsSwapped(q), HeadsSwapped(k), HeadsSwapped(v), mask, lengths, causal, window));
        var joined = Ops.Reshape.Of(y, query.Shape);
        // PyTorch's first weights: Xavier for the packed projections [3 width, width], a Linear's for the last one.
        return Linear(layer, joined, "out_proj", width, width, Initializer.FanIn(width));
    }

    internal static void RequireSequence(LayerCall layer, Node x)
    {
        if (x.Shape.Rank < 2) throw new ModelException(Rules.Rank, $"{layer.Display} takes an input [..., length, width] with at least 2 axes, but was given {x.Shape}.");
    }

    /// <summary>[..., T, heads, size] ↔ [..., heads, T, size]</summary>
    internal static Node HeadsSwapped(Node x) => Transpose.Of(x, x.Shape.Rank - 3, x.Shape.Rank - 2);

    /// <summary>The rule of all layers that look at padded sequences: one integer for each.</summary>
    internal static void RequireLengths(LayerCall layer, Node x, Node lengths)
    {
        if (x.Shape.Rank == 3 && lengths.DType == DType.Int32 && lengths.Shape == new Shape(x.Shape[0])) return;
        throw new ModelException(Rules.SameShape, x.Shape.Rank == 3
            ? $"{layer.Display} takes the lengths of its sequences as integers [{x.Shape[0]}], but they are {lengths.Type} for sequences {x.Shape}."
            : $"{layer.Display} takes lengths of sequences [N, T, width], but was given {x.Shape}.");
    }

    internal static void RequireDivisor(LayerCall layer, string argument, int parts, int whole, string what)
    {
        if (whole % parts == 0) return;
        int fitting = Enumerable.Range(1, Math.Min(parts, whole)).Last(p => whole % p == 0);
        throw new ModelException(Rules.Groups, $"{layer.Display} has '{argument}' {parts}, but {what} do not divide by {parts}; {fitting} would.") { Argument = argument, Repair = Repair.Set(argument, fitting) };
    }

    internal static Node Project(LayerCall layer, Node x, string name, int width, int outputs)
    {
        int inputs = x.Shape[x.Shape.Rank - 1].IsConstant ? checked((int)x.Shape[x.Shape.Rank - 1].Value) : width;
        return Linear(layer, x, name, inputs, outputs, Initializer.Uniform(Math.Sqrt(6.0 / (4 * width))));
    }

    internal static Node Linear(LayerCall layer, Node x, string name, int inputs, int outputs, Initializer initializer)
    {
        var weight = layer.Parameter(name + ".weight", Shape.Of(outputs, inputs), initializer, storageAxes: [1, 0]);
        var y = Ops.MatMul.Of(x, weight);
        return layer.Arguments.Bool("Bias") ? y + layer.Parameter(name + ".bias", Shape.Of(outputs), Initializer.Zeros) : y;
    }

    /// <summary>[..., T, heads · size] → [..., T, heads, size]</summary>
    internal static Node Heads(Node x, int heads) =>
        Ops.Reshape.Of(x, new Shape(x.Shape.Take(x.Shape.Rank - 1).Append(heads).Append(x.Shape[x.Shape.Rank - 1].DivideExactly(heads)!)));
}
