namespace ModelGen.Compiler.Ops;

/// <summary>y = x limited to [0, 6].</summary>
internal static class Relu6
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Relu6",
        Summary = "x limited to [0, 6], elementwise.",
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape")],
        Build = call => Of(call.Tensor("x")),
        Samples = [new Sample([4, 9]) { Low = -3, High = 9 }],
        PyTorch = "torch.nn.functional.relu6",
    };

    public static Node Of(Node x) => Clamp.Of(x, 0, 6, passesOnBounds: false, "Relu6");
}
