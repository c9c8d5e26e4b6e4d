namespace ModelGen.Compiler.Ops;

/// <summary>y = low + (high - low) u, with u uniform in [0, 1), of x's shape; x's values do not count.</summary>
internal static class RandomUniformLike
{
    public static readonly TensorMethod Method = new()
    {
        Name = "RandomUniformLike",
        Summary = "Uniform random numbers in [low, high), of x's shape. " + RandomUniform.Meaning,
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the tensor whose shape the numbers get; its values do not count"),
            SurfaceParameter.Float("low", "the lower bound", 0), SurfaceParameter.Float("high", "the upper bound, above the lower one", 1),
        ],
        Build = call =>
        {
            var x = call.Tensor("x");
            double low = call.Float("low"), high = call.Float("high");
            if (!(low < high) || double.IsInfinity(high - low)) throw new ModelException(Rules.Argument,
                $"'{call.Method}' needs finite bounds with 'low' below 'high', but was given {ReducedLoss.Text(low)} and {ReducedLoss.Text(high)}.") { Argument = "high" };
            RandomUniform.RequireFloat(call.Method, x);
            return (RandomUniform.Draw(call.Graph, x.Shape, x.DType) * (high - low)) + low;
        },
        Samples = [new([4, 9]), new Sample([5]).With("low", -1.0).With("high", 3.0)],
        PyTorch = "torch.rand_like",
    };
}
