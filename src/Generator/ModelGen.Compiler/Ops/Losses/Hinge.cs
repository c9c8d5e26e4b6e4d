namespace ModelGen.Compiler.Ops;

/// <summary>L = mean of max(0, margin - t x) for targets t of -1 and 1.</summary>
internal static class Hinge
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Hinge",
        Summary = "The mean of max(0, margin - t·x) over all elements, for scores x and targets t of -1 or 1.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the prediction"), SurfaceParameter.Tensor("target", "-1 or 1, of the same shape"),
            SurfaceParameter.Float("margin", "how far a right score must be from 0", 1),
            SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node x = call.Tensor("x"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape(call.Method, x, target);
            return ReducedLoss.Of(Relu.Of(call.Float("margin") - (target * x)), call.Reduction);
        },
        Samples = [new([4, 3], [4, 3]), new Sample([7], [7]).With("margin", 0.5).With("reduction", (int)LossReduction.Sum)],
    };
}
