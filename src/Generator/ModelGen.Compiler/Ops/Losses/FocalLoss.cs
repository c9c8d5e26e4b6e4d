namespace ModelGen.Compiler.Ops;

/// <summary>L = mean of alpha_t (1 - p_t)^gamma ℓ, where ℓ is the binary cross-entropy of the logit x, p_t the probability of the right answer and alpha_t = alpha for t = 1, 1 - alpha for t = 0   (T.-Y. Lin et al. 2017).</summary>
internal static class FocalLoss
{
    public static readonly TensorMethod Method = new()
    {
        Name = "FocalLoss",
        Summary = "The mean focal loss of logits x: the binary cross-entropy times (1 - p)^gamma for the probability p of the right answer, weighted with alpha for positive and 1 - alpha for negative targets.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the prediction"), SurfaceParameter.Tensor("target", "0 or 1 (or between), of the same shape"),
            SurfaceParameter.Float("alpha", "the weight of positive targets, in [0, 1]; negative for no weights", 0.25),
            SurfaceParameter.Float("gamma", "how much easy examples are discounted, at least 1, or 0 for not at all", 2),
            SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node x = call.Tensor("x"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape(call.Method, x, target);
            double alpha = call.Float("alpha"), gamma = call.Float("gamma");
            if (!(gamma >= 1 || gamma == 0) || !(alpha <= 1)) throw new ModelException(Rules.Argument,
                $"'FocalLoss' needs an 'alpha' of at most 1 and a 'gamma' of 0 or at least 1, but was given {ReducedLoss.Text(alpha)} and {ReducedLoss.Text(gamma)}.") { Argument = alpha <= 1 ? "gamma" : "alpha" };
            var p = Sigmoid.Of(x);
            var wrong = p + target - (p * target * 2);   // 1 - p_t
            var losses = LogisticLoss.Of(x, target) * Pow.Of(wrong, gamma);
            if (alpha >= 0) losses *= (target * ((2 * alpha) - 1)) + (1 - alpha);
            return ReducedLoss.Of(losses, call.Reduction);
        },
        Samples = [new([4, 3], [4, 3]) { Low = 0, High = 1 }, new Sample([7], [7]) { Low = 0, High = 1 }.With("alpha", -1.0).With("gamma", 1.5)],
    };
}
