namespace ModelGen.Compiler.Ops;

/// <summary>A tensor whose last axes go on at their other end: 1 2 | 0 1 2 | 0 1.</summary>
internal static class PadCircular
{
    public static readonly TensorMethod Method = new()
    {
        Name = "PadCircular",
        Summary = "The last axes going on at their other end: 1 2 | 0 1 2 | 0 1.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), Padding.Parameter],
        Build = call => Padding.Of(call, largest: size => size, (x, axis, before, behind) => Padding.Join(
            axis, before == 0 ? null : Slice.Of(x, axis, x.Shape[axis] - before, before), x, behind == 0 ? null : Slice.Of(x, axis, Dim.Zero, behind))),
        Samples = Padding.Samples,
        PyTorch = "torch.nn.functional.pad(mode='circular')",
    };
}
