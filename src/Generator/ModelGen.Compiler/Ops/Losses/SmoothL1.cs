namespace ModelGen.Compiler.Ops;

/// <summary>L = mean of d² / (2 beta) where |d| is below beta and of |d| - beta / 2 elsewhere, with d = x - target: the Huber loss by its width.</summary>
internal static class SmoothL1
{
    public static readonly TensorMethod Method = new()
    {
        Name = "SmoothL1",
        Summary = "The mean of the smooth L1 loss of d = x - target: d² / (2·beta) where |d| is below beta, |d| - beta / 2 elsewhere.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the prediction"), SurfaceParameter.Tensor("target", "what it should be, of the same shape"),
            SurfaceParameter.Float("beta", "where the square becomes a line, positive", 1),
            SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node x = call.Tensor("x"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape(call.Method, x, target);
            double beta = Huber.Positive(call, "beta");
            return ReducedLoss.Of(Huber.Losses(x, target, beta) * (1 / beta), call.Reduction);
        },
        Samples = [new([4, 3], [4, 3]), new Sample([7], [7]).With("beta", 0.4).With("reduction", (int)LossReduction.Sum)],
        PyTorch = "torch.nn.functional.smooth_l1_loss",
    };
}
