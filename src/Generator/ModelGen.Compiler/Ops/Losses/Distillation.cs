namespace ModelGen.Compiler.Ops;

/// <summary>L = mean over all rows of τ² Σ p (ln p - ln q), with p = softmax(teacher / τ) and q = softmax(x / τ).</summary>
internal static class Distillation
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Distillation",
        Summary = "The mean over all rows of τ² times the Kullback-Leibler divergence of the student's softmax from the teacher's, both at the temperature τ (G. Hinton, O. Vinyals and J. Dean 2015): logits [..., C] of both. The factor keeps the size of the gradients while τ changes.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the student's logits, [..., C]"), SurfaceParameter.Tensor("teacher", "the teacher's logits, of the same shape"),
            SurfaceParameter.Float("temperature", "τ, above 0: a high one shows how the teacher ranks the wrong classes", 2), SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node x = call.Tensor("x"), teacher = call.Tensor("teacher");
            MeanSquaredError.RequireSameShape(call.Method, x, teacher, "teacher");
            if (x.Shape.Rank == 0) throw new ModelException(Rules.Labels, $"'{call.Method}' needs logits [..., classes], but was given the scalar {x.Shape}.");
            double temperature = call.Float("temperature");
            if (!(temperature > 0) || double.IsInfinity(temperature)) throw new ModelException(Rules.Argument,
                $"'{call.Method}' needs a finite 'temperature' above 0, but it is {ReducedLoss.Text(temperature)}.") { Argument = "temperature" };
            int last = x.Shape.Rank - 1;
            Node logQ = LogSoftmax.Of(x * (1 / temperature), last), logP = LogSoftmax.Of(teacher * (1 / temperature), last);
            return ReducedLoss.Of(Sum.Of(Exp.Of(logP) * (logP - logQ), [last], keepDims: false) * (temperature * temperature), call.Reduction);
        },
        Samples = [new([4, 5], [4, 5]), new Sample([2, 3, 4], [2, 3, 4]).With("temperature", 4.0).With("reduction", (int)LossReduction.None), new Sample([3], [3]).With("temperature", 0.5)],
        PyTorch = "torch.nn.functional.kl_div",
    };
}
