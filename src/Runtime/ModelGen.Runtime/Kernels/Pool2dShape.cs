using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>Sizes of a two-dimensional pooling of channels-last images: [Batch, height, width, Channels].</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Pool2dShape
{
    /// <summary>All of it; the output size follows, rounded down.</summary>
    public Pool2dShape(
        int batch, int inHeight, int inWidth, int channels, int kernelHeight, int kernelWidth, int strideY, int strideX,
        int paddingY = 0, int paddingX = 0, int dilationY = 1, int dilationX = 1)
    {
        Batch = batch;
        InHeight = inHeight;
        InWidth = inWidth;
        Channels = channels;
        KernelHeight = kernelHeight;
        KernelWidth = kernelWidth;
        StrideY = strideY;
        StrideX = strideX;
        PaddingY = paddingY;
        PaddingX = paddingX;
        DilationY = dilationY;
        DilationX = dilationX;
        OutHeight = (inHeight + 2 * paddingY - dilationY * (kernelHeight - 1) - 1) / strideY + 1;
        OutWidth = (inWidth + 2 * paddingX - dilationX * (kernelWidth - 1) - 1) / strideX + 1;
    }

    /// <summary>How many images.</summary>
    public int Batch { get; init; }

    /// <summary>Rows of an input image.</summary>
    public int InHeight { get; init; }

    /// <summary>Columns of an input image.</summary>
    public int InWidth { get; init; }

    /// <summary>Channels of both images.</summary>
    public int Channels { get; init; }

    /// <summary>Rows of an output image.</summary>
    public int OutHeight { get; init; }

    /// <summary>Columns of an output image.</summary>
    public int OutWidth { get; init; }

    /// <summary>Rows of the window.</summary>
    public int KernelHeight { get; init; }

    /// <summary>Columns of the window.</summary>
    public int KernelWidth { get; init; }

    /// <summary>Rows from one window to the next.</summary>
    public int StrideY { get; init; }

    /// <summary>Columns from one window to the next.</summary>
    public int StrideX { get; init; }

    /// <summary>Rows of padding above and below; less than a window.</summary>
    public int PaddingY { get; init; }

    /// <summary>Columns of padding left and right; less than a window.</summary>
    public int PaddingX { get; init; }

    /// <summary>Rows from one element of the window to the next; 1 for averages.</summary>
    public int DilationY { get; init; }

    /// <summary>Columns from one element of the window to the next; 1 for averages.</summary>
    public int DilationX { get; init; }

    internal nint InImage => (nint)InHeight * InWidth * Channels;

    internal nint OutImage => (nint)OutHeight * OutWidth * Channels;

    internal Window Vertical(nint outY) => Window.At(outY, StrideY, PaddingY, DilationY, KernelHeight, InHeight);

    internal Window Horizontal(nint outX) => Window.At(outX, StrideX, PaddingX, DilationX, KernelWidth, InWidth);
}
