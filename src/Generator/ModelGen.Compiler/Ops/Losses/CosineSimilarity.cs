namespace ModelGen.Compiler.Ops;

/// <summary>y = Σ a b / (|a| |b|) along an axis; a norm below epsilon counts as epsilon. A composition.</summary>
internal static class CosineSimilarity
{
    public static readonly TensorMethod Method = new()
    {
        Name = "CosineSimilarity",
        Summary = "The cosine of the angle between vectors along an axis, which disappears: Σ a·b / (|a| |b|), with broadcasting.",
        Parameters =
        [
            SurfaceParameter.Tensor("a", "one tensor"), SurfaceParameter.Tensor("b", "the other; shapes broadcast"),
            SurfaceParameter.Int("axis", "the axis of the vectors; negative ones count from the end", -1), SurfaceParameter.Float("epsilon", "the smallest norm to divide by", 1e-8),
        ],
        Build = call =>
        {
            Node a = call.Tensor("a"), b = call.Tensor("b");
            return Of(a, b, call.Axis("axis", a), call.Float("epsilon"), call.Method);
        },
        Samples = [new([3, 7], [3, 7]), new Sample([2, 4, 3], [2, 4, 1]).With("axis", 1)],
        PyTorch = "torch.nn.functional.cosine_similarity",
    };

    public static Node Of(Node a, Node b, int axis, double epsilon, string method)
    {
        var shape = Broadcasting.Combine(method, a.Shape, b.Shape);
        // Counted from the end, so that both operands have it.
        int fromEnd = a.Shape.Rank - axis, along = shape.Rank - fromEnd;
        Node Length(Node x) => Maximum.Of(Norm.Of(BroadcastTo.Of(x, shape), 2, [along], keepDims: false, method), x.Graph.Constant(epsilon, x.DType));
        return Sum.Of(a * b, [along], keepDims: false) / (Length(a) * Length(b));
    }
}
