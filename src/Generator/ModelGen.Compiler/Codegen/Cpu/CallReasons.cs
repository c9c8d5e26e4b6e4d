using System.Globalization;

namespace ModelGen.Compiler.Codegen.Cpu;

/// <summary>
/// How the runtime goes about a product or a convolution of these sizes, and why: comments for those who read the generated code. The rules are the runtime's (<c>MatMul.RunPart</c>,
/// <c>Conv2d.ForwardRows</c>); what depends on the machine or on the batch is not told.
/// </summary>
internal static class CallReasons
{
    // As in the runtime: from here on weights are read from memory again for each block.
    const long LargeWeightBytes = 256 << 10;

    public static IEnumerable<string> Of(CallKernel kernel, bool hasPanels, DType precision)
    {
        var reasons = kernel.Call.Method switch
        {
            "MatMul.Run" => OfProduct(kernel, precision),
            "Conv2d.Forward" or "Conv2d.ForwardPooled" => OfConvolution(kernel, precision),
            _ => [],
        };
        if (hasPanels) reasons = reasons.Append("Predictions do not change the weights: they come in panels that were copied once.");
        return reasons;
    }

    static IEnumerable<string> OfProduct(CallKernel kernel, DType precision)
    {
        Dim Size(string member) => kernel.Call.Shape.First(m => m.Member == member).Value;
        if (Size("ARow").IsOne && Size("AColumn") is { IsConstant: true, Value: var apart } && apart * precision.Size() >= 256 && Size("N") is not { IsConstant: true, Value: < 64 })
            yield return "The first factor is transposed: it is copied tile by tile, or each step of a sum would be on another page.";
        if (Size("BRow").IsOne && !Size("BColumn").IsOne) yield return "The second factor is transposed: its panels are turned round as they are copied.";
    }

    static IEnumerable<string> OfConvolution(CallKernel kernel, DType precision)
    {
        var op = (Conv2d)kernel.Node.Op;
        var (window, weight) = (op.Window, kernel.Node.Inputs[1].Shape);
        if (window is { KernelHeight: 1, KernelWidth: 1, StrideY: 1, StrideX: 1, PaddingY: 0, PaddingX: 0 } && op.Groups == 1)
        {
            yield return "A window of 1 x 1: the product of a matrix with a row for each pixel.";
            yield break;
        }
        if (op.Groups > 1 && weight[2].IsOne && weight[3].Is(op.Groups))
        {
            yield return "Each channel by itself: vectors lie along the channels, and windows are cut at the borders.";
            yield break;
        }
        yield return window.PaddingY + window.PaddingX > 0
            ? "Some rows at a time are copied with zeros around them: then no window asks where the image ends."
            : "No padding: windows are read where they lie.";
        if (weight.Elements is { IsConstant: true, Value: var elements } && elements * precision.Size() > LargeWeightBytes)
            yield return string.Format(CultureInfo.InvariantCulture, "Each block of the result reads all {0} KB of weights: blocks are as large as the second-level cache allows.", elements * precision.Size() / 1024);
        if (kernel.Pooling is not null) yield return "Pooled block by block: what the convolution makes is never in memory as a whole.";
    }
}
