namespace ModelGen.Compiler.Ops;

/// <summary>y = √variance over some axes. A composition.</summary>
internal static class Std
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Std",
        Summary = "The standard deviation over some axes, the root of the unbiased variance; over all of them when none is named.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), Var.Axes],
        Build = call => Sqrt.Of(Var.Of(call.Tensor("x"), call.Axes("axes", call.Tensor("x")), unbiased: true, call.Method)),
        Samples = [new([3, 4]), new Sample([2, 3, 5]).With("axes", new[] { 0, 2 })],
        PyTorch = "torch.std",
    };

    public static readonly TensorMethod Biased = new()
    {
        Name = "Std",
        Summary = "The standard deviation over some axes: the root of the variance, unbiased (divided by n - 1) or not (by n).",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), new("unbiased", ParameterKind.Bool, "whether the sum of squares is divided by n - 1, not n"), Var.Axes],
        Build = call => Sqrt.Of(Var.Of(call.Tensor("x"), call.Axes("axes", call.Tensor("x")), call.Bool("unbiased"), call.Method)),
        Samples = [new Sample([3, 4]).With("unbiased", false)],
        PyTorch = "torch.std",
    };
}
