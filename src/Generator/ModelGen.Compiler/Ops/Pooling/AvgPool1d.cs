namespace ModelGen.Compiler.Ops;

/// <summary>The mean of each window of a sequence: <see cref="AvgPool2d"/> of images of height 1.</summary>
internal static class AvgPool1d
{
    public static readonly TensorMethod Method = new()
    {
        Name = "AvgPool1d",
        Summary = "The mean of each window: [N, C, L] → [N, C, L'] with L' = floor((L + 2·padding - kernelSize) / stride) + 1. The padding counts as zeros.",
        Parameters = Pooling.Parameters1d,
        Build = call => Pooling.Build1d(call, window => new AvgPool2d(window)),
        Samples = Pooling.Samples1d,
        PyTorch = "torch.nn.functional.avg_pool1d",
    };
}
