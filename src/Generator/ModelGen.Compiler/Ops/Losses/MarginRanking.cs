namespace ModelGen.Compiler.Ops;

/// <summary>L = mean of max(0, margin - t (a - b)): a is to be above b where t is 1, below it where t is -1.</summary>
internal static class MarginRanking
{
    public static readonly TensorMethod Method = new()
    {
        Name = "MarginRanking",
        Summary = "The mean of max(0, margin - t·(a - b)): score a is to be above score b where t is 1, and below it where t is -1.",
        Parameters =
        [
            SurfaceParameter.Tensor("a", "one score of each pair"), SurfaceParameter.Tensor("b", "the other, of the same shape"),
            SurfaceParameter.Tensor("target", "1 or -1, of the same shape"), SurfaceParameter.Float("margin", "by how much", 0), SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node a = call.Tensor("a"), b = call.Tensor("b"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape(call.Method, a, b, "b");
            MeanSquaredError.RequireSameShape(call.Method, a, target);
            return ReducedLoss.Of(Relu.Of(call.Float("margin") - (target * (a - b))), call.Reduction);
        },
        Samples = [new([7], [7], [7]), new Sample([4, 3], [4, 3], [4, 3]).With("margin", 0.5).With("reduction", (int)LossReduction.Sum)],
        PyTorch = "torch.nn.functional.margin_ranking_loss",
    };
}
