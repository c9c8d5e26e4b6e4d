namespace ModelGen.Compiler.Ops;

/// <summary>
/// Causal attention of T positions from position p on, to themselves and to those before, whose keys and values are in a cache: what
/// <see cref="ScaledDotProductAttention"/> is in a model that decodes. Queries [B, T, H, d], keys [B, T, G, d] and values [B, T, G, e] (or with the heads first)
/// → [B, T, H, e]. The new keys and values are added to the cache, which holds for each sequence and head of keys a matrix [d, capacity] and a matrix [capacity, e].
/// </summary>
internal sealed class CachedAttention(bool headsInside, int window, Dim position) : KernelOp
{
    public bool HeadsInside { get; } = headsInside;

    /// <summary>How near a key must be; 0 for any distance.</summary>
    public int Window { get; } = window;

    /// <summary>The position of the first query.</summary>
    public Dim Position { get; } = position;

    public override bool IsFactor(int input) => input < 3;
    public override string Name => "cached_attention";
    public override string Attributes => $"from {Position}{(Window > 0 ? $" window={Window}" : "")}{(HeadsInside ? " heads inside" : "")}";

    /// <param name="attention">The attention that sees the whole sequence.</param>
    /// <param name="inputs">Queries, keys and values.</param>
    /// <param name="index">Which attention of the model.</param>
    /// <param name="position">The position of the first query.</param>
    /// <param name="capacity">How many positions the cache has room for.</param>
    public static Node Of(ScaledDotProductAttention attention, Node[] inputs, int index, Dim position, Dim capacity)
    {
        Shape k = inputs[1].Shape, v = inputs[2].Shape;
        var heads = k[attention.HeadsInside ? 2 : 1];
        var cache = inputs[0].Graph.Add(new CacheLeaf(index, new TensorType(inputs[0].DType, new Shape(k[0], heads, k[3] + v[3], capacity))));
        return inputs[0].Graph.Add(new CachedAttention(attention.HeadsInside, attention.Window, position), inputs[0], inputs[1], inputs[2], cache);
    }

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(inputs[0].DType, inputs[0].Shape.With(3, inputs[2].Shape[3]));

    public override void Backward(Vjp vjp) => throw new ModelException(Rules.NotDifferentiable, "A model that decodes is not trained.");

    public override NdArray Reference(ReferenceCall call)
    {
        var (q, k, v, cache) = (call[0], call[1], call[2], call[3]);
        int positions = HeadsInside ? 1 : 2, heads = 3 - positions, share = q.Shape[heads] / k.Shape[heads], d = q.Shape[3], e = v.Shape[3];
        int past = checked((int)call.Size(Position)), capacity = cache.Shape[3];
        int[] At(int b, int h, int t, int c) => HeadsInside ? [b, t, h, c] : [b, h, t, c];
        // The cache of one sequence and head, element by element.
        double Cached(int b, int h, int offset) => cache.Data[(((b * k.Shape[heads]) + h) * (d + e) * capacity) + offset];
        double Key(int b, int h, int s, int c) => s < past ? Cached(b, h, (c * capacity) + s) : k[At(b, h, s - past, c)];
        double Value(int b, int h, int s, int c) => s < past ? Cached(b, h, (d * capacity) + (s * e) + c) : v[At(b, h, s - past, c)];
        var y = new NdArray(call.ResultShape);
        for (int b = 0; b < q.Shape[0]; b++)
            for (int h = 0; h < q.Shape[heads]; h++)
                for (int t = 0; t < q.Shape[positions]; t++)
                {
                    int first = Window > 0 ? Math.Max(0, past + t + 1 - Window) : 0;
                    var scores = Enumerable.Range(first, past + t + 1 - first).Select(s => Enumerable.Range(0, d).Sum(c => q[At(b, h, t, c)] * Key(b, h / share, s, c)) / Math.Sqrt(d)).ToArray();
                    double max = scores.Max(), sum = scores.Sum(s => Math.Exp(s - max));
                    for (int c = 0; c < e; c++) y[At(b, h, t, c)] = Enumerable.Range(0, scores.Length).Sum(s => Math.Exp(scores[s] - max) / sum * Value(b, h / share, first + s, c));
                }
        return y;
    }

    public override KernelCall Kernel(Node y)
    {
        Shape q = y.Inputs[0].Shape, k = y.Inputs[1].Shape, v = y.Inputs[2].Shape;
        int positions = HeadsInside ? 1 : 2, heads = 3 - positions;
        return new KernelCall
        {
            Method = "CachedAttention.Run",
            Label = $"Attention of {q[heads]} heads of {q[3]} to a cache",
            ShapeType = "CachedAttentionShape",
            Shape =
            [
                ("Batch", q[0]), ("Heads", q[heads]), ("KeyHeads", k[heads]), ("Length", q[positions]), ("Width", q[3]), ("ValueWidth", v[3]),
                ("HeadsInside", HeadsInside ? 1 : 0), ("Window", Window), ("Position", Position), ("Capacity", y.Inputs[3].Shape[3]),
            ],
            MultiplyAdds = q[0] * q[heads] * q[positions] * (Position + q[positions]) * (q[3] + v[3]),
        };
    }
}
