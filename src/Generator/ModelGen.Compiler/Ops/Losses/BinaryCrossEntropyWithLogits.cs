namespace ModelGen.Compiler.Ops;

/// <summary>L = mean of -t ln σ(x) - (1 - t) ln(1 - σ(x)) over all elements, computed from the logits x.</summary>
internal static class BinaryCrossEntropyWithLogits
{
    public static readonly TensorMethod Method = new()
    {
        Name = "BinaryCrossEntropyWithLogits",
        Summary = "The mean over all elements of -t ln σ(x) - (1 - t) ln(1 - σ(x)), for logits x and targets t in [0, 1]; exact for large |x|.",
        Parameters = [SurfaceParameter.Tensor("x", "the logits"), SurfaceParameter.Tensor("target", "probabilities or 0 and 1, of the same shape")],
        Build = call =>
        {
            Node x = call.Tensor("x"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape("BinaryCrossEntropyWithLogits", x, target);
            return Mean.Of(LogisticLoss.Of(x, target), Enumerable.Range(0, x.Shape.Rank).ToArray(), keepDims: false);
        },
        Samples = [new([4, 3], [4, 3]) { Low = 0, High = 1 }, new([7], [7]), new([2, 3, 5], [2, 3, 5]) { Low = -60, High = 60 }],
        PyTorch = "torch.nn.functional.binary_cross_entropy_with_logits",
    };
}
