namespace ModelGen.Compiler.Ops;

/// <summary>y = a - b ⌊a / b⌋, with broadcasting: the remainder with the sign of b, as in Python. A composition.</summary>
internal static class Remainder
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Remainder",
        Summary = "a - b ⌊a / b⌋, elementwise, with broadcasting: the remainder of a division, with the sign of b.",
        Parameters = [SurfaceParameter.Tensor("a", "the dividend"), SurfaceParameter.Tensor("b", "the divisor; shapes broadcast")],
        TakesNumbers = true,
        Build = call =>
        {
            Node a = call.Tensor("a"), b = call.Tensor("b");
            return a - (b * Floor.Of(a / b));
        },
        Samples = [new([3, 4], [3, 4]) { Low = 0.6, High = 3 }, new([2, 1, 5], [3, 1]) { Low = -3, High = -0.6 }],
        PyTorch = "torch.remainder",
    };
}
