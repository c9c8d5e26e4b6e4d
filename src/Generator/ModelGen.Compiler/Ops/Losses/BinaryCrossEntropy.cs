namespace ModelGen.Compiler.Ops;

/// <summary>L = mean of -t ln p - (1 - t) ln(1 - p) for probabilities p. The logarithms are not below -100, as in PyTorch, so that a wrong certainty costs much, but not everything.</summary>
internal static class BinaryCrossEntropy
{
    public static readonly TensorMethod Method = new()
    {
        Name = "BinaryCrossEntropy",
        Summary = "The mean of -t ln p - (1 - t) ln(1 - p) over all elements, for probabilities p and targets t in [0, 1]. Better: logits and BinaryCrossEntropyWithLogits.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the prediction"), SurfaceParameter.Tensor("target", "what it should be, of the same shape"),
            SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node x = call.Tensor("x"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape(call.Method, x, target);
            Node Bounded(Node p) => Maximum.Of(Log.Of(p), x.Graph.Constant(-100, x.DType));
            return ReducedLoss.Of(-((target * Bounded(x)) + ((1 - target) * Bounded(1 - x))), call.Reduction);
        },
        Samples = [new([4, 3], [4, 3]) { Low = 0.05, High = 0.95 }, new Sample([7], [7]) { Low = 0.05, High = 0.95 }.With("reduction", (int)LossReduction.Sum)],
        PyTorch = "torch.nn.functional.binary_cross_entropy",
    };
}
