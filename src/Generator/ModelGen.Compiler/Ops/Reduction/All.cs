namespace ModelGen.Compiler.Ops;

/// <summary>y = 1 where no element along the axes is 0, else 0.</summary>
internal static class All
{
    public static readonly TensorMethod Method = new()
    {
        Name = "All",
        Summary = "1 where no element along the axes is 0, else 0; over all axes when none is named. No gradient flows through it.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Ints("axes", "the axes; negative ones count from the end")],
        Build = call => Min.Of(NotEqual.Of(call.Tensor("x"), call.Graph.Constant(0, call.Tensor("x").DType)), call.Axes("axes", call.Tensor("x")), keepDims: false),
        Samples = [new([3, 4]) { Grid = 2 }, new Sample([5, 2]) { Grid = 1 }.With("axes", new[] { 1 }), new Sample([2, 3, 2]) { Grid = 1 }.With("axes", new[] { 0, -1 })],
        PyTorch = "torch.all",
    };
}
