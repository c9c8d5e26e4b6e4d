namespace ModelGen.Compiler.Ops;

/// <summary>y = 1 / x: a quotient.</summary>
internal static class Reciprocal
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Reciprocal",
        Summary = "1 / x, elementwise.",
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape")],
        Build = call => Of(call.Tensor("x")),
        Samples = [new Sample([4, 9]) { Low = 0.5 }, new Sample([7]) { Low = -2, High = -0.5 }],
        PyTorch = "torch.reciprocal",
    };

    public static Node Of(Node x) => 1 / x;
}
