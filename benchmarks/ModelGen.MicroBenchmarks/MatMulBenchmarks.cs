using BenchmarkDotNet.Attributes;
using ModelGen.Execution;

namespace ModelGen.MicroBenchmarks;

/// <summary>Matrix products on one thread: as in a training step, and with the right side packed beforehand, as in inference.</summary>
public unsafe class MatMulBenchmarks
{
    float* a, b, c, panels;
    MatMulShape shape;

    /// <summary>The sizes: dense layers, a transformer's products, cubes.</summary>
    public static IEnumerable<ProductSize> Sizes =>
        [new(1, 784, 512), new(64, 784, 512), new(64, 512, 256), new(64, 3136, 128), new(768, 128, 384), new(768, 128, 512), new(768, 512, 128), new(64, 64, 64), new(256, 256, 256), new(512, 512, 512)];

    /// <summary>One of them.</summary>
    [ParamsSource(nameof(Sizes))]
    public ProductSize Size { get; set; } = null!;

    /// <summary>Draws the matrices.</summary>
    [GlobalSetup]
    public void Setup()
    {
        shape = MatMulShape.Contiguous(Size.M, Size.N, Size.K);
        a = AlignedFloats.Random(Size.M * Size.K);
        b = AlignedFloats.Random(Size.K * Size.N);
        c = AlignedFloats.Random(Size.M * Size.N);
        panels = AlignedFloats.Random(Size.K * ((Size.N + 15) / 16 * 16));
        switch (Simd.Width)
        {
            case SimdWidth.Bits512: WeightPanels.Pack<F32x16, float>(b, Size.N, 1, Size.K, Size.N, panels); break;
            case SimdWidth.Bits256: WeightPanels.Pack<F32x8, float>(b, Size.N, 1, Size.K, Size.N, panels); break;
            case SimdWidth.Bits128: WeightPanels.Pack<F32x4, float>(b, Size.N, 1, Size.K, Size.N, panels); break;
            default: WeightPanels.Pack<F32x1, float>(b, Size.N, 1, Size.K, Size.N, panels); break;
        }
    }

    /// <summary>A B.</summary>
    [Benchmark]
    public void Product() => Run(b, null);

    /// <summary>A B, B in panels.</summary>
    [Benchmark]
    public void Packed() => Run(b, panels);

    void Run(float* right, float* packed)
    {
        switch (Simd.Width)
        {
            case SimdWidth.Bits512: MatMul.Run<F32x16, float, NoEpilogue>(Team.Single, shape, a, right, c, default, packed); break;
            case SimdWidth.Bits256: MatMul.Run<F32x8, float, NoEpilogue>(Team.Single, shape, a, right, c, default, packed); break;
            case SimdWidth.Bits128: MatMul.Run<F32x4, float, NoEpilogue>(Team.Single, shape, a, right, c, default, packed); break;
            default: MatMul.Run<F32x1, float, NoEpilogue>(Team.Single, shape, a, right, c, default, packed); break;
        }
    }
}
