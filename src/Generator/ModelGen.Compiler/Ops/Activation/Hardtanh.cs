namespace ModelGen.Compiler.Ops;

/// <summary>y = x limited to [min, max]; no gradient passes on the bounds.</summary>
internal static class Hardtanh
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Hardtanh",
        Summary = "x limited to [min, max], elementwise.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the input, of any shape"), SurfaceParameter.Float("min", "the smallest result", -1),
            SurfaceParameter.Float("max", "the largest result, not below min", 1),
        ],
        Build = call => Clamp.Of(call.Tensor("x"), call.Float("min"), call.Float("max"), passesOnBounds: false, call.Method),
        Samples = [new Sample([4, 9]), new Sample([7]).With("min", -0.4).With("max", 1.3)],
        PyTorch = "torch.nn.functional.hardtanh",
    };
}
