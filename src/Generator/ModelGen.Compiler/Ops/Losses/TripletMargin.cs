namespace ModelGen.Compiler.Ops;

/// <summary>
/// L = mean of max(0, d(anchor, positive) - d(anchor, negative) + margin) with the p-norm of the difference as distance (V. Balntas et al. 2016). As in
/// PyTorch, 1e-6 is added to each difference, so that equal vectors have a gradient.
/// </summary>
internal static class TripletMargin
{
    const double Epsilon = 1e-6;

    public static readonly TensorMethod Method = new()
    {
        Name = "TripletMargin",
        Summary = "The mean of max(0, d(anchor, positive) - d(anchor, negative) + margin) over the vectors of the last axis; the distance d is the p-norm of the difference.",
        Parameters =
        [
            SurfaceParameter.Tensor("anchor", "the anchors, [..., D]"), SurfaceParameter.Tensor("positive", "vectors of the same kind as the anchors, of the same shape"),
            SurfaceParameter.Tensor("negative", "vectors of another kind, of the same shape"), SurfaceParameter.Float("margin", "by how much the others are to be farther away", 1),
            SurfaceParameter.Float("p", "the order of the norm, at least 1", 2), SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node anchor = call.Tensor("anchor"), positive = call.Tensor("positive"), negative = call.Tensor("negative");
            MeanSquaredError.RequireSameShape(call.Method, anchor, positive, "positive");
            MeanSquaredError.RequireSameShape(call.Method, anchor, negative, "negative");
            if (anchor.Shape.Rank == 0) throw new ModelException(Rules.Rank, $"'{call.Method}' takes vectors [..., D], but was given the scalar {anchor.Shape}.");
            Node Distance(Node other) => Norm.Of(anchor - other + Epsilon, call.Float("p"), [anchor.Shape.Rank - 1], keepDims: false, call.Method);
            return ReducedLoss.Of(Relu.Of(Distance(positive) - Distance(negative) + call.Float("margin")), call.Reduction);
        },
        Samples = [new([4, 5], [4, 5], [4, 5]), new Sample([3, 4], [3, 4], [3, 4]).With("margin", 3.0).With("p", 3.0).With("reduction", (int)LossReduction.Sum)],
        PyTorch = "torch.nn.functional.triplet_margin_loss",
    };
}
