namespace ModelGen.Compiler.Ops;

/// <summary>y = x / 6 + ½, limited to [0, 1].</summary>
internal static class Hardsigmoid
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Hardsigmoid",
        Summary = "x / 6 + 0.5 limited to [0, 1], elementwise: a sigmoid of straight lines.",
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape")],
        Build = call => Of(call.Tensor("x")),
        Samples = [new Sample([4, 9]) { Low = -5, High = 5 }],
        PyTorch = "torch.nn.functional.hardsigmoid",
    };

    public static Node Of(Node x) => Clamp.Of((x * (1 / 6.0)) + 0.5, 0, 1, passesOnBounds: false, "Hardsigmoid");
}
