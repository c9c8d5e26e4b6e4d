using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>
/// Sizes of a two-dimensional convolution. Images are channels-last: [Batch, height, width, channels]. Weights are
/// [KernelHeight, KernelWidth, InChannels / Groups, OutChannels]; group g owns the g-th share of the output columns.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Conv2dShape
{
    /// <summary>All of it; the output size follows.</summary>
    public Conv2dShape(
        int batch, int inHeight, int inWidth, int inChannels, int outChannels, int kernelHeight, int kernelWidth,
        int strideY = 1, int strideX = 1, int paddingY = 0, int paddingX = 0, int dilationY = 1, int dilationX = 1, int groups = 1)
    {
        Batch = batch;
        InHeight = inHeight;
        InWidth = inWidth;
        InChannels = inChannels;
        OutChannels = outChannels;
        KernelHeight = kernelHeight;
        KernelWidth = kernelWidth;
        StrideY = strideY;
        StrideX = strideX;
        PaddingY = paddingY;
        PaddingX = paddingX;
        DilationY = dilationY;
        DilationX = dilationX;
        Groups = groups;
        OutHeight = (inHeight + 2 * paddingY - dilationY * (kernelHeight - 1) - 1) / strideY + 1;
        OutWidth = (inWidth + 2 * paddingX - dilationX * (kernelWidth - 1) - 1) / strideX + 1;
    }

    /// <summary>How many images.</summary>
    public int Batch { get; init; }

    /// <summary>Rows of an input image.</summary>
    public int InHeight { get; init; }

    /// <summary>Columns of an input image.</summary>
    public int InWidth { get; init; }

    /// <summary>Channels of an input image; a multiple of <see cref="Groups"/>.</summary>
    public int InChannels { get; init; }

    /// <summary>Rows of an output image.</summary>
    public int OutHeight { get; init; }

    /// <summary>Columns of an output image.</summary>
    public int OutWidth { get; init; }

    /// <summary>Channels of an output image; a multiple of <see cref="Groups"/>.</summary>
    public int OutChannels { get; init; }

    /// <summary>Rows of the window.</summary>
    public int KernelHeight { get; init; }

    /// <summary>Columns of the window.</summary>
    public int KernelWidth { get; init; }

    /// <summary>Rows from one window to the next.</summary>
    public int StrideY { get; init; }

    /// <summary>Columns from one window to the next.</summary>
    public int StrideX { get; init; }

    /// <summary>Rows of zeros above and below the image.</summary>
    public int PaddingY { get; init; }

    /// <summary>Columns of zeros left and right of the image.</summary>
    public int PaddingX { get; init; }

    /// <summary>Rows from one element of the window to the next.</summary>
    public int DilationY { get; init; }

    /// <summary>Columns from one element of the window to the next.</summary>
    public int DilationX { get; init; }

    /// <summary>How many independent groups the channels fall into.</summary>
    public int Groups { get; init; }

    internal int GroupInChannels => InChannels / Groups;

    internal int GroupOutChannels => OutChannels / Groups;

    internal nint InImage => (nint)InHeight * InWidth * InChannels;

    internal nint OutImage => (nint)OutHeight * OutWidth * OutChannels;

    internal nint WeightCount => (nint)KernelHeight * KernelWidth * GroupInChannels * OutChannels;

    /// <summary>A 1x1 convolution of whole pixels is a matrix product.</summary>
    internal bool IsMatMul => KernelHeight == 1 && KernelWidth == 1 && StrideY == 1 && StrideX == 1 && PaddingY == 0 && PaddingX == 0 && Groups == 1;

    internal bool IsDepthwise => Groups == InChannels && Groups == OutChannels && Groups > 1;
}
