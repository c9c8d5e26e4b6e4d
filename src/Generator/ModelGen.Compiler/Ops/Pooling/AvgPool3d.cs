namespace ModelGen.Compiler.Ops;

/// <summary>The mean of each box of a volume: see <see cref="Pooling3d"/>.</summary>
internal static class AvgPool3d
{
    public static readonly TensorMethod Method = new()
    {
        Name = "AvgPool3d",
        Summary = "The mean of each window of volumes: [N, C, D, H, W] → [N, C, D', H', W'] with D' = floor((D + 2·padding - kernelSize) / stride) + 1, and H' and W' alike. The padding counts as zeros.",
        Parameters = Pooling3d.Parameters,
        Build = call => Pooling3d.Build(call, window => new AvgPool2d(window)),
        Samples = Pooling3d.Samples,
        PyTorch = "torch.nn.functional.avg_pool3d",
    };
}
