namespace ModelGen.Compiler.Ops;

/// <summary>L = mean of d² / 2 where |d| is below delta and of delta (|d| - delta / 2) elsewhere, with d = x - target   (P. Huber 1964). With c = d limited to ±delta that is c (d - c / 2).</summary>
internal static class Huber
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Huber",
        Summary = "The mean of the Huber loss of d = x - target: d² / 2 where |d| is below delta, delta · (|d| - delta / 2) elsewhere.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the prediction"), SurfaceParameter.Tensor("target", "what it should be, of the same shape"),
            SurfaceParameter.Float("delta", "where the square becomes a line, positive", 1),
            SurfaceParameter.Reduction(),
        ],
        Build = call =>
        {
            Node x = call.Tensor("x"), target = call.Tensor("target");
            MeanSquaredError.RequireSameShape(call.Method, x, target);
            return ReducedLoss.Of(Losses(x, target, Positive(call, "delta")), call.Reduction);
        },
        Samples = [new([4, 3], [4, 3]), new Sample([7], [7]).With("delta", 0.4).With("reduction", (int)LossReduction.None)],
        PyTorch = "torch.nn.functional.huber_loss",
    };

    internal static Node Losses(Node x, Node target, double delta)
    {
        var d = x - target;
        var c = Clamp.Of(d, -delta, delta, passesOnBounds: true, "Huber");
        return c * (d - (c * 0.5));
    }

    internal static double Positive(Call call, string name)
    {
        double value = call.Float(name);
        return value > 0 ? value : throw new ModelException(Rules.Argument, $"'{call.Method}' needs a positive '{name}', but it is {ReducedLoss.Text(value)}.") { Argument = name };
    }
}
