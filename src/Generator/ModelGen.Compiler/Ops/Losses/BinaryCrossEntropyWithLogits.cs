namespace ModelGen.Compiler.Ops;

/// <summary>L = mean of -t ln σ(x) - (1 - t) ln(1 - σ(x)) over all elements, computed from the logits x.</summary>
internal static class BinaryCrossEntropyWithLogits
{
    public static readonly TensorMethod Method = new()
    {
        Name = "BinaryCrossEntropyWithLogits",
        Summary = "The mean over all elements of -t ln σ(x) - (1 - t) ln(1 - σ(x)), for logits x and targets t in [0, 1]; exact for large |x|.",
        Parameters = [SurfaceParameter.Tensor("x", "the logits"), SurfaceParameter.Tensor("target", "probabilities or 0 and 1, of the same shape"), SurfaceParameter.Reduction()],
        Build = call =>
        {
            Node x = call.Tensor("x"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape("BinaryCrossEntropyWithLogits", x, target);
            return ReducedLoss.Of(LogisticLoss.Of(x, target), call.Reduction);
        },
        Samples = [new([4, 3], [4, 3]) { Low = 0, High = 1 }, new Sample([7], [7]).With("reduction", (int)LossReduction.Sum), new([2, 3, 5], [2, 3, 5]) { Low = -60, High = 60 }],
        PyTorch = "torch.nn.functional.binary_cross_entropy_with_logits",
    };

    /// <summary>With a weight w of positive targets: (1 - t) x + (1 + (w - 1) t) softplus(-x).</summary>
    public static readonly TensorMethod Weighted = new()
    {
        Name = "BinaryCrossEntropyWithLogits",
        Summary = "The binary cross-entropy of logits x with a weight w of the positive targets: the mean of -w·t ln σ(x) - (1 - t) ln(1 - σ(x)); exact for large |x|.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the logits"), SurfaceParameter.Tensor("target", "probabilities or 0 and 1, of the same shape"),
            SurfaceParameter.Tensor("positiveWeight", "the weight of positive targets; it broadcasts against x, so [C] has one for each class"), SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node x = call.Tensor("x"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape("BinaryCrossEntropyWithLogits", x, target);
            var weight = 1 + ((call.Tensor("positiveWeight") - 1) * target);
            return ReducedLoss.Of(((1 - target) * x) + (weight * Softplus.Of(-x)), call.Reduction);
        },
        Samples = [new Sample([4, 3], [4, 3], [3]) { Low = 0.1, High = 3 }],
        PyTorch = "torch.nn.functional.binary_cross_entropy_with_logits(pos_weight=...)",
    };
}
