namespace ModelGen.Compiler.Ops;

/// <summary>L = mean of ln(1 + exp(-t x)) for targets t of -1 and 1.</summary>
internal static class SoftMargin
{
    public static readonly TensorMethod Method = new()
    {
        Name = "SoftMargin",
        Summary = "The mean of ln(1 + exp(-t·x)) over all elements, for scores x and targets t of -1 or 1.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the prediction"), SurfaceParameter.Tensor("target", "-1 or 1, of the same shape"),
            SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node x = call.Tensor("x"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape(call.Method, x, target);
            return ReducedLoss.Of(Softplus.Of(-(target * x)), call.Reduction);
        },
        Samples = [new([4, 3], [4, 3])],
        PyTorch = "torch.nn.functional.soft_margin_loss",
    };
}
