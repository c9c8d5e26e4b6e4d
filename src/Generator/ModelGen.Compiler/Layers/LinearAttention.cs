namespace ModelGen.Compiler.Layers;

/// <summary>
/// y = φ(q) Σₛ φ(kₛ)ᵀ vₛ / φ(q) Σₛ φ(kₛ)ᵀ with φ(x) = elu(x) + 1, over all keys or over those up to the query: attention whose work grows with T and not T²
/// (A. Katharopoulos et al., "Transformers are RNNs", 2020).
/// </summary>
/// <remarks>
/// Causal: the sequence is cut into chunks. Inside a chunk the products of queries and keys are taken as they are, masked; of what lies before, the running sum over the chunks of
/// φ(k)ᵀ v is enough, one matrix a chunk and not one a position.
/// </remarks>
internal sealed class LinearAttention : LayerDefinition
{
    public static readonly LinearAttention Definition = new();

    public override string Name => "LinearAttention";

    public override string Summary =>
        "Attention of a sequence to itself without softmax (Katharopoulos et al. 2020): [..., T, width] → [..., T, width], each head Σ φ(q)·φ(k) v / (Σ φ(q)·φ(k) + ε) with φ(x) = elu(x) + 1, over all positions or with " +
        "Causal over itself and those before it. Time and memory grow with T, not with T². With lengths [N], each at most T, sequences [N, T, width] end there. The weights are named as SelfAttention's.";

    public override IReadOnlyList<SurfaceParameter> Constructor => Attention.Constructor;

    public override IReadOnlyList<SurfaceParameter> Properties =>
    [
        SurfaceParameter.Bool("Causal", "whether a query sees itself and what lies before it only", false),
        SurfaceParameter.OptionalInt("Width", "size of the last axis, to be checked; inferred when not given"),
        SurfaceParameter.Bool("Bias", "whether the four projections add a bias", true),
        SurfaceParameter.Int("Chunk", "positions whose products are taken at once, where it is causal: best of about the heads' width", 64),
        SurfaceParameter.Float("Epsilon", "added to the divisor, for queries that see nothing", 1e-6),
    ];

    public override IReadOnlyList<LayerInput> Inputs => ["x", Attention.Lengths];

    public override Node Forward(LayerCall layer)
    {
        var x = layer.X;
        Attention.RequireSequence(layer, x);
        var lengths = layer.Optional(1);
        if (lengths is not null) Attention.RequireLengths(layer, x, lengths);
        int width = layer.Features(x.Shape[x.Shape.Rank - 1], "Width", "features"), heads = layer.Positive("heads");
        Attention.RequireDivisor(layer, "heads", heads, width, $"{width} features");
        double epsilon = LayerNorm.Epsilon(layer);
        Node Part(string name) => Attention.Heads(Attention.Project(layer, x, name, width, width), heads);
        Node Positive(Node p) => Elu.Of(p, 1, 1, 1) + 1;
        Node q = Positive(Part("q_proj")), k = Positive(Part("k_proj")), v = Part("v_proj");
        if (lengths is not null)
        {
            var within = LengthMask.Of(BroadcastTo.Of(layer.Graph.Constant(1, x.DType), new Shape(x.Shape[0], x.Shape[1])), lengths, 0);
            k = Mask.Of(k, Reshape.Of(within, new Shape(x.Shape[0], x.Shape[1], Dim.One, Dim.One)));
        }
        var (weighted, total) = layer.Arguments.Bool("Causal") ? Causal(Sequences(q), Sequences(k), Sequences(v), layer.Positive("Chunk")) : Full(Sequences(q), Sequences(k), Sequences(v));
        var inFront = Attention.HeadsSwapped(q).Shape;
        var y = Attention.HeadsSwapped(Reshape.Of(weighted / (total + epsilon), inFront));
        return Attention.Linear(layer, Reshape.Of(y, x.Shape), "out_proj", width, width, Initializer.FanIn(width));
    }

    // [..., T, heads, size] → [B, T, size]: each head of each sequence by itself.
    static Node Sequences(Node x)
    {
        var y = Attention.HeadsSwapped(x);
        return Reshape.Of(y, new Shape(y.Shape.Product(0, y.Shape.Rank - 2), y.Shape[y.Shape.Rank - 2], y.Shape[y.Shape.Rank - 1]));
    }

    static Node Product(Node a, Node b, bool transposeA = false, bool transposeB = false) => a.Graph.Add(new Ops.MatMul(transposeA, transposeB), a, b);

    static (Node Weighted, Node Total) Full(Node q, Node k, Node v) =>
        (Product(q, Product(k, v, transposeA: true)), Sum.Of(q * Sum.Of(k, [1], keepDims: true), [2], keepDims: true));

    static (Node Weighted, Node Total) Causal(Node q, Node k, Node v, int most)
    {
        Dim batch = q.Shape[0], length = q.Shape[1], size = q.Shape[2];
        var chunk = length.IsConstant && length.Value <= most ? length : most;
        var chunks = (length + (chunk - 1)).FloorDivide(chunk.Value);
        // What is added at the end is behind every query that counts.
        Node Chunks(Node x) => Reshape.Of(Pad.Of(x, 1, Dim.Zero, chunks * chunk), new Shape(batch * chunks, chunk, x.Shape[2]));
        (q, k, v) = (Chunks(q), Chunks(k), Chunks(v));
        var scores = AttentionMask.Of(Product(q, k, transposeB: true), causal: true, window: 0, fill: 0);
        Node weighted = Product(scores, v), total = Sum.Of(scores, [2], keepDims: true);
        if (!chunks.IsOne)
        {
            Node Before(Node x, Shape each) => Reshape.Of(Shift.Of(CumSum.Of(Reshape.Of(x, new Shape(batch, chunks, each.Elements)), 1, reverse: false), 1), new Shape(each.Prepend(batch * chunks)));
            weighted += Product(q, Before(Product(k, v, transposeA: true), new Shape(size, v.Shape[2])));
            total += Sum.Of(q * Before(Sum.Of(k, [1], keepDims: false), new Shape(Dim.One, size)), [2], keepDims: true);
        }
        Node Whole(Node x) => Slice.Of(Reshape.Of(x, new Shape(batch, chunks * chunk, x.Shape[2])), 1, Dim.Zero, length);
        return (Whole(weighted), Whole(total));
    }

    public override IReadOnlyList<Sample> Samples =>
    [
        new([2, 5, 8]) { Arguments = { ["heads"] = 2 }, Low = -1, High = 1 },
        new([2, 6, 6]) { Arguments = { ["heads"] = 3, ["Causal"] = true, ["Bias"] = false }, Low = -1, High = 1 },
        new([1, 10, 4]) { Arguments = { ["heads"] = 2, ["Causal"] = true, ["Chunk"] = 4 }, Low = -1, High = 1 },
        new([3, 4, 4], [3]) { Arguments = { ["heads"] = 1 }, LowestClass = 1, Classes = 5, Low = -1, High = 1 },
        new([5, 4]) { Arguments = { ["heads"] = 1, ["Causal"] = true, ["Width"] = 4 }, Low = -1, High = 1 },
    ];
}
