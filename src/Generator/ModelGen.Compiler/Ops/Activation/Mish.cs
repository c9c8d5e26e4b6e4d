namespace ModelGen.Compiler.Ops;

/// <summary>y = x · tanh(softplus(x))   (D. Misra 2019).</summary>
internal static class Mish
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Mish",
        Summary = "x times tanh(softplus(x)), elementwise.",
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape")],
        Build = call => Of(call.Tensor("x")),
        Samples = [new Sample([4, 9]), new Sample([2, 3, 5])],
        PyTorch = "torch.nn.functional.mish",
    };

    public static Node Of(Node x) => x * Tanh.Of(Softplus.Of(x));
}
