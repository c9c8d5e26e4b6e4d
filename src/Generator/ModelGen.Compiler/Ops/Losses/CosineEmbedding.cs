namespace ModelGen.Compiler.Ops;

/// <summary>L = mean of 1 - cos(a, b) where t is 1 and of max(0, cos(a, b) - margin) where it is -1, over the vectors of the last axis.</summary>
internal static class CosineEmbedding
{
    public static readonly TensorMethod Method = new()
    {
        Name = "CosineEmbedding",
        Summary = "The mean over pairs of vectors [..., D] of 1 - cos(a, b) where the target is 1 and of max(0, cos(a, b) - margin) where it is -1.",
        Parameters =
        [
            SurfaceParameter.Tensor("a", "one vector of each pair, [..., D]"), SurfaceParameter.Tensor("b", "the other, of the same shape"),
            SurfaceParameter.Tensor("target", "1 for alike and -1 for unlike, [...]"), SurfaceParameter.Float("margin", "the cosine that is small enough for what is unlike", 0), SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node a = call.Tensor("a"), b = call.Tensor("b"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape(call.Method, a, b, "b");
            if (a.Shape.Rank == 0) throw new ModelException(Rules.Rank, $"'{call.Method}' takes vectors [..., D], but was given the scalar {a.Shape}.");
            var cosine = CosineSimilarity.Of(a, b, a.Shape.Rank - 1, 1e-8, call.Method);
            MeanSquaredError.RequireSameShape(call.Method, cosine, target);
            var alike = Greater.Of(target, target.Graph.Constant(0, target.DType));
            return ReducedLoss.Of(Where.Of(alike, 1 - cosine, Relu.Of(cosine - call.Float("margin"))), call.Reduction);
        },
        Samples = [new([4, 5], [4, 5], [4]), new Sample([6, 3], [6, 3], [6]).With("margin", -0.5).With("reduction", (int)LossReduction.Sum)],
        PyTorch = "torch.nn.functional.cosine_embedding_loss",
    };
}
