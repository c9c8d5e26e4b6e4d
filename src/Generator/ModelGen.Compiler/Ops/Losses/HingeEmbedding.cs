namespace ModelGen.Compiler.Ops;

/// <summary>L = mean of x where t is 1 and of max(0, margin - x) where it is -1, for distances x.</summary>
internal static class HingeEmbedding
{
    public static readonly TensorMethod Method = new()
    {
        Name = "HingeEmbedding",
        Summary = "The mean over all elements of x where the target is 1 and of max(0, margin - x) where it is -1, for distances x.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the prediction"), SurfaceParameter.Tensor("target", "1 for alike and -1 for unlike, of the same shape"),
            SurfaceParameter.Float("margin", "the distance that is enough for what is unlike", 1),
            SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node x = call.Tensor("x"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape(call.Method, x, target);
            var alike = Greater.Of(target, x.Graph.Constant(0, x.DType));
            return ReducedLoss.Of(Where.Of(alike, x, Relu.Of(call.Float("margin") - x)), call.Reduction);
        },
        Samples = [new([4, 3], [4, 3]), new Sample([7], [7]).With("margin", 0.5).With("reduction", (int)LossReduction.Sum)],
        PyTorch = "torch.nn.functional.hinge_embedding_loss",
    };
}
