namespace ModelGen.Compiler.Ops;

/// <summary>A tensor with its mirror images at the ends of its last axes; the end itself is not repeated: 2 1 | 0 1 2 | 1 0.</summary>
internal static class PadReflect
{
    public static readonly TensorMethod Method = new()
    {
        Name = "PadReflect",
        Summary = "The last axes with mirror images at their ends, which are not repeated themselves: 2 1 | 0 1 2 | 1 0.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), Padding.Parameter],
        Build = call => Padding.Of(call, largest: size => size - 1, (x, axis, before, behind) => Padding.Join(
            axis, before == 0 ? null : Flip.Of(Slice.Of(x, axis, Dim.One, before), axis), x, behind == 0 ? null : Flip.Of(Slice.Of(x, axis, x.Shape[axis] - (behind + 1), behind), axis))),
        Samples = Padding.Samples,
        PyTorch = "torch.nn.functional.pad(mode='reflect')",
    };
}
