namespace ModelGen.Compiler.Ops;

/// <summary>y = x · (x + 3 limited to [0, 6]) / 6   (A. Howard et al. 2019).</summary>
internal static class Hardswish
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Hardswish",
        Summary = "x times (x + 3 limited to [0, 6]) / 6, elementwise.",
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape")],
        Build = call => Of(call.Tensor("x")),
        Samples = [new Sample([4, 9]) { Low = -5, High = 5 }],
        PyTorch = "torch.nn.functional.hardswish",
    };

    public static Node Of(Node x) => x * (Clamp.Of(x + 3, 0, 6, passesOnBounds: true, "Hardswish") * (1 / 6.0));
}
