namespace ModelGen.MicroBenchmarks;

/// <summary>A benchmark's parameter that knows how much work it stands for.</summary>
internal interface IWork
{
    /// <summary>Multiply-adds of one call.</summary>
    long MultiplyAdds { get; }
}

/// <summary>A matrix product [M, K] x [K, N].</summary>
public sealed record ProductSize(int M, int K, int N) : IWork
{
    /// <inheritdoc/>
    public long MultiplyAdds => (long)M * K * N;

    /// <inheritdoc/>
    public override string ToString() => $"{M}x{K}x{N}";
}

/// <summary>A convolution of square images with a square window.</summary>
public sealed record ConvolutionSize(int Batch, int Image, int InChannels, int OutChannels, int Kernel, int Stride, int Padding) : IWork
{
    int OutImage => ((Image + (2 * Padding) - Kernel) / Stride) + 1;

    /// <inheritdoc/>
    public long MultiplyAdds => (long)Batch * OutImage * OutImage * OutChannels * InChannels * Kernel * Kernel;

    /// <inheritdoc/>
    public override string ToString() => $"{Batch}x{Image}x{Image} {InChannels}→{OutChannels} {Kernel}x{Kernel}/{Stride}";
}
