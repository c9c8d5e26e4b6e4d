namespace ModelGen.Compiler.Layers;

/// <summary>What the layers of a transformer share: attention and a network for each position, each with a residual and a norm (Vaswani et al., 2017).</summary>
internal static class TransformerLayer
{
    public static readonly IReadOnlyList<SurfaceParameter> Constructor =
    [
        SurfaceParameter.Int("heads", "how many heads the width is divided into"), SurfaceParameter.Int("feedForward", "width of the hidden layer of the network for each position"),
    ];

    public static readonly IReadOnlyList<SurfaceParameter> Properties =
    [
        SurfaceParameter.Bool("NormFirst", "whether a norm stands before attention and network (pre-norm), and not behind the residual as in the paper", false),
        SurfaceParameter.Bool("Gelu", "whether the network has GELU instead of ReLU", false),
        SurfaceParameter.Float("Dropout", "the chance of an element to be dropped behind attention and inside and behind the network, in [0, 1)", 0),
        SurfaceParameter.Float("Epsilon", "added to the variance in the norms", 1e-5),
    ];

    /// <summary>x and a part of it: pre-norm x + part(norm(x)), else norm(x + part(x)).</summary>
    public static Node Residual(LayerCall layer, Node x, int number, Func<Node, Node> part)
    {
        string suffix = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Node Norm(Node y) => layer.Part(LayerNorm.Definition, "norm" + suffix, new() { ["Epsilon"] = layer.Arguments.Float("Epsilon") }, y);
        return layer.Arguments.Bool("NormFirst") ? x + Drop(layer, "dropout" + suffix, part(Norm(x))) : Norm(x + Drop(layer, "dropout" + suffix, part(x)));
    }

    /// <summary>linear2(activation(linear1(x))).</summary>
    public static Node FeedForward(LayerCall layer, Node x)
    {
        int hidden = layer.Positive("feedForward");
        Node Linear(string name, Node y, int outputs) => layer.Part(Layers.Linear.Definition, name, new() { ["outFeatures"] = (Dim)outputs }, y);
        var h = Linear("linear1", x, hidden);
        h = layer.Arguments.Bool("Gelu") ? Ops.Gelu.Of(h) : Relu.Of(h);
        return Linear("linear2", Drop(layer, "dropout", h), checked((int)x.Shape[x.Shape.Rank - 1].Value));
    }

    static Node Drop(LayerCall layer, string name, Node x) => layer.Part(Dropout.Definition, name, new() { ["probability"] = layer.Arguments.Float("Dropout") }, x);
}
