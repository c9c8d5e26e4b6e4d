namespace ModelGen.Compiler.Ops;

/// <summary>y = x - tanh x.</summary>
internal static class Tanhshrink
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Tanhshrink",
        Summary = "x - tanh(x), elementwise.",
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape")],
        Build = call => Of(call.Tensor("x")),
        Samples = [new Sample([4, 9]), new Sample([2, 3, 5])],
        PyTorch = "torch.nn.functional.tanhshrink",
    };

    public static Node Of(Node x) => x - Tanh.Of(x);
}
