namespace ModelGen.Compiler.Ops;

/// <summary>y = 1 / √x: a root and a quotient, both correctly rounded.</summary>
internal static class Rsqrt
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Rsqrt",
        Summary = "1 / √x, elementwise.",
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape")],
        Build = call => Of(call.Tensor("x")),
        Samples = [new Sample([4, 9]) { Low = 0.5 }],
        PyTorch = "torch.rsqrt",
    };

    public static Node Of(Node x) => 1 / Sqrt.Of(x);
}
