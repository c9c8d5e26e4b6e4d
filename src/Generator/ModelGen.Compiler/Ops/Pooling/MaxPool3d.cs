namespace ModelGen.Compiler.Ops;

/// <summary>The largest element of each box of a volume: see <see cref="Pooling3d"/>.</summary>
internal static class MaxPool3d
{
    public static readonly TensorMethod Method = new()
    {
        Name = "MaxPool3d",
        Summary = "The largest element of each window of volumes: [N, C, D, H, W] → [N, C, D', H', W'] with D' = floor((D + 2·padding - kernelSize) / stride) + 1, and H' and W' alike.",
        Parameters = Pooling3d.Parameters,
        Build = call => Pooling3d.Build(call, window => new MaxPool2d(window)),
        Samples = Pooling3d.Samples,
        PyTorch = "torch.nn.functional.max_pool3d",
    };
}
