namespace ModelGen.Compiler.Ops;

/// <summary>y = 1 with the probability p, else 0: u &lt; p, with u uniform in [0, 1).</summary>
internal static class Bernoulli
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Bernoulli",
        Summary = "1 with the probability p, else 0, for each element; no gradient flows through the draw. " + RandomUniform.Meaning,
        Parameters = [SurfaceParameter.Tensor("p", "the probabilities, in [0, 1]")],
        Build = call =>
        {
            var p = call.Tensor("p");
            RandomUniform.RequireFloat(call.Method, p);
            return Heaviside.Of(p - RandomUniform.Draw(call.Graph, p.Shape, p.DType), atZero: 0);
        },
        Samples = [new([4, 9]) { Low = 0, High = 1 }],
        PyTorch = "torch.bernoulli",
    };
}
