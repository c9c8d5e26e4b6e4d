using BenchmarkDotNet.Attributes;
using ModelGen.Execution;
using Convolution = ModelGen.Execution.Conv2d;

namespace ModelGen.MicroBenchmarks;

/// <summary>Convolutions on one thread, and both of their gradients.</summary>
public unsafe class ConvolutionBenchmarks
{
    float* x, w, y, dx, dw;
    Conv2dShape shape;

    /// <summary>The sizes: a small network's, LeNet's, ResNet-18's.</summary>
    public static IEnumerable<ConvolutionSize> Sizes =>
        [new(64, 28, 1, 32, 3, 1, 1), new(64, 14, 32, 64, 3, 1, 1), new(64, 32, 3, 6, 5, 1, 0), new(64, 14, 6, 16, 5, 1, 0), new(1, 224, 3, 64, 7, 2, 3), new(1, 56, 64, 64, 3, 1, 1), new(1, 28, 128, 128, 3, 1, 1), new(1, 14, 256, 256, 3, 1, 1), new(1, 7, 512, 512, 3, 1, 1)];

    /// <summary>One of them.</summary>
    [ParamsSource(nameof(Sizes))]
    public ConvolutionSize Size { get; set; } = null!;

    /// <summary>Draws images and weights.</summary>
    [GlobalSetup]
    public void Setup()
    {
        shape = new Conv2dShape(Size.Batch, Size.Image, Size.Image, Size.InChannels, Size.OutChannels, Size.Kernel, Size.Kernel, Size.Stride, Size.Stride, Size.Padding, Size.Padding);
        long input = (long)Size.Batch * Size.Image * Size.Image * Size.InChannels, output = (long)shape.Batch * shape.OutHeight * shape.OutWidth * shape.OutChannels;
        long weights = (long)Size.Kernel * Size.Kernel * Size.InChannels * Size.OutChannels;
        x = AlignedFloats.Random(input);
        dx = AlignedFloats.Random(input);
        y = AlignedFloats.Random(output);
        w = AlignedFloats.Random(weights);
        dw = AlignedFloats.Random(weights);
    }

    /// <summary>y from x and w.</summary>
    [Benchmark]
    public void Forward()
    {
        switch (Simd.Width)
        {
            case SimdWidth.Bits512: Convolution.Forward<F32x16, float, NoEpilogue>(Team.Single, shape, x, w, y, default); break;
            case SimdWidth.Bits256: Convolution.Forward<F32x8, float, NoEpilogue>(Team.Single, shape, x, w, y, default); break;
            case SimdWidth.Bits128: Convolution.Forward<F32x4, float, NoEpilogue>(Team.Single, shape, x, w, y, default); break;
            default: Convolution.Forward<F32x1, float, NoEpilogue>(Team.Single, shape, x, w, y, default); break;
        }
    }

    /// <summary>dx from dy and w.</summary>
    [Benchmark]
    public void BackwardData()
    {
        switch (Simd.Width)
        {
            case SimdWidth.Bits512: Convolution.BackwardData<F32x16, float, NoEpilogue>(Team.Single, shape, y, w, dx, default); break;
            case SimdWidth.Bits256: Convolution.BackwardData<F32x8, float, NoEpilogue>(Team.Single, shape, y, w, dx, default); break;
            case SimdWidth.Bits128: Convolution.BackwardData<F32x4, float, NoEpilogue>(Team.Single, shape, y, w, dx, default); break;
            default: Convolution.BackwardData<F32x1, float, NoEpilogue>(Team.Single, shape, y, w, dx, default); break;
        }
    }

    /// <summary>dw from x and dy.</summary>
    [Benchmark]
    public void BackwardWeight()
    {
        switch (Simd.Width)
        {
            case SimdWidth.Bits512: Convolution.BackwardWeight<F32x16, float>(Team.Single, shape, x, y, dw); break;
            case SimdWidth.Bits256: Convolution.BackwardWeight<F32x8, float>(Team.Single, shape, x, y, dw); break;
            case SimdWidth.Bits128: Convolution.BackwardWeight<F32x4, float>(Team.Single, shape, x, y, dw); break;
            default: Convolution.BackwardWeight<F32x1, float>(Team.Single, shape, x, y, dw); break;
        }
    }
}
