namespace ModelGen.Compiler.Ops;

/// <summary>y = log₂ x: a multiple of the natural logarithm.</summary>
internal static class Log2
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Log2",
        Summary = "The logarithm to base 2, elementwise.",
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape")],
        Build = call => Of(call.Tensor("x")),
        Samples = [new Sample([4, 9]) { Low = 0.2 }],
        PyTorch = "torch.log2",
    };

    public static Node Of(Node x) => Log.Of(x) * (1 / Math.Log(2));
}
