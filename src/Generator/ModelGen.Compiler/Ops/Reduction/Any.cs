namespace ModelGen.Compiler.Ops;

/// <summary>y = 1 where some element along the axes is not 0, else 0.</summary>
internal static class Any
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Any",
        Summary = "1 where some element along the axes is not 0 (a NaN is not), else 0; over all axes when none is named. No gradient flows through it.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Ints("axes", "the axes; negative ones count from the end")],
        Build = call => Max.Of(NotEqual.Of(call.Tensor("x"), call.Graph.Constant(0, call.Tensor("x").DType)), call.Axes("axes", call.Tensor("x")), keepDims: false),
        Samples = [new([3, 4]) { Grid = 2 }, new Sample([5, 2]) { Grid = 3 }.With("axes", new[] { 1 }), new Sample([2, 3, 2]) { Grid = 3 }.With("axes", new[] { 0, -1 })],
        PyTorch = "torch.any",
    };
}
