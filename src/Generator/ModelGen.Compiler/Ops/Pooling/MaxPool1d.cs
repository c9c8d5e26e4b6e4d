namespace ModelGen.Compiler.Ops;

/// <summary>The largest element of each window of a sequence: <see cref="MaxPool2d"/> of images of height 1.</summary>
internal static class MaxPool1d
{
    public static readonly TensorMethod Method = new()
    {
        Name = "MaxPool1d",
        Summary = "The largest element of each window: [N, C, L] → [N, C, L'] with L' = floor((L + 2·padding - kernelSize) / stride) + 1.",
        Parameters = Pooling.Parameters1d,
        Build = call => Pooling.Build1d(call, window => new MaxPool2d(window)),
        Samples = Pooling.Samples1d,
        PyTorch = "torch.nn.functional.max_pool1d",
    };
}
