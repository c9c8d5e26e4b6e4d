namespace ModelGen.Compiler.Ops;

/// <summary>y = mask ? value : x, with broadcasting.</summary>
internal static class MaskedFill
{
    public static readonly TensorMethod Method = new()
    {
        Name = "MaskedFill",
        Summary = "A value where the mask is not 0, x elsewhere, with broadcasting. Nothing of what is covered reaches the result or the gradient.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Tensor("mask", "not 0 where x is covered"), SurfaceParameter.Float("value", "what covers it")],
        Build = call => Where.Of(call.Tensor("mask"), call.Graph.Constant(call.Float("value"), call.Tensor("x").DType), call.Tensor("x")),
        Samples = [new Sample([3, 4], [3, 4]) { Grid = 1 }.With("value", -7.5), new Sample([2, 3, 5], [3, 1]) { Grid = 1 }.With("value", 0.0)],
        PyTorch = "torch.masked_fill",
    };
}
