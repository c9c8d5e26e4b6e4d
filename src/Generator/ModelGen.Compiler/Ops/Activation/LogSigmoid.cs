namespace ModelGen.Compiler.Ops;

/// <summary>y = ln σ(x) = -softplus(-x): exact for large |x|.</summary>
internal static class LogSigmoid
{
    public static readonly TensorMethod Method = new()
    {
        Name = "LogSigmoid",
        Summary = "ln(1 / (1 + exp(-x))), elementwise, without overflow.",
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape")],
        Build = call => Of(call.Tensor("x")),
        Samples = [new Sample([4, 9]), new Sample([7]) { Low = -60, High = 60 }],
        PyTorch = "torch.nn.functional.logsigmoid",
    };

    public static Node Of(Node x) => -Softplus.Of(-x);
}
