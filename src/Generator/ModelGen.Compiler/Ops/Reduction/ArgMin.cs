namespace ModelGen.Compiler.Ops;

/// <summary>y = the index of the first smallest element along an axis (a NaN counts as the smallest), as <see cref="ArgMax"/> finds the largest.</summary>
internal static class ArgMin
{
    public static readonly TensorMethod Method = new()
    {
        Name = "ArgMin",
        Summary = "The index of the first smallest element along an axis, as an integer; that axis disappears. No gradient flows through it.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Int("axis", "the axis to search; negative ones count from the end", -1)],
        Results = [MethodResult.Integers],
        Build = call => ArgMax.Of(call.Tensor("x"), call.Axis("axis", call.Tensor("x")), smallest: true),
        Samples = [new([3, 7])],
        PyTorch = "torch.argmin",
    };
}
