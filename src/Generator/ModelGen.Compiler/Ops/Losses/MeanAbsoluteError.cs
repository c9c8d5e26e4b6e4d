namespace ModelGen.Compiler.Ops;

/// <summary>L = mean of |x - target|.</summary>
internal static class MeanAbsoluteError
{
    public static readonly TensorMethod Method = new()
    {
        Name = "MeanAbsoluteError",
        Summary = "The mean of |x - target| over all elements (L1 loss).",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the prediction"), SurfaceParameter.Tensor("target", "what it should be, of the same shape"),
            SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node x = call.Tensor("x"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape(call.Method, x, target);
            return ReducedLoss.Of(Abs.Of(x - target), call.Reduction);
        },
        Samples = [new([4, 3], [4, 3]), new Sample([7], [7]).With("reduction", (int)LossReduction.Sum)],
        PyTorch = "torch.nn.functional.l1_loss",
    };
}
