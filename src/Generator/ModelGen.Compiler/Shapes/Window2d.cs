namespace ModelGen.Compiler.Shapes;

/// <summary>
/// The window of a convolution or pooling over height and width: kernel, stride, zero padding on both sides, dilation; all in elements.
/// Window <c>o</c> along an axis reads the positions <c>o · stride - padding + k · dilation</c> for k = 0 .. kernel - 1.
/// </summary>
internal sealed record Window2d(int KernelHeight, int KernelWidth, int StrideY, int StrideX, int PaddingY, int PaddingX, int DilationY, int DilationX)
{
    public static Window2d Square(int kernel, int stride, int padding, int dilation = 1) => new(kernel, kernel, stride, stride, padding, padding, dilation, dilation);

    /// <summary>The number of windows along both axes: floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1.</summary>
    /// <param name="what">The layer or op, as its messages begin.</param>
    /// <param name="height">The input's height.</param>
    /// <param name="width">The input's width.</param>
    /// <param name="input">The input's whole shape, for the message.</param>
    public (Dim Height, Dim Width) Output(string what, Dim height, Dim width, Shape input) =>
        (Output(what, "height", height, KernelHeight, StrideY, PaddingY, DilationY, input), Output(what, "width", width, KernelWidth, StrideX, PaddingX, DilationX, input));

    /// <summary>The same along one axis, which the message names.</summary>
    public static Dim Output(string what, string axis, Dim size, int kernel, int stride, int padding, int dilation, Shape input)
    {
        int reach = checked((dilation * (kernel - 1)) + 1);
        if (size.IsConstant && size.Value + (2L * padding) < reach)
        {
            long missing = reach - size.Value - (2L * padding);
            throw new ModelException(Rules.Window,
                $"{what} has a window of {reach}{(dilation == 1 ? "" : $" ({kernel} elements, dilation {dilation})")}, but the {axis} of its input {input} is only {size}" +
                $"{(padding == 0 ? "" : $" + 2·{padding} of padding")}; use a kernel of at most {LargestKernel(size.Value + (2L * padding), dilation)}, or a padding of at least {padding + ((missing + 1) / 2)}.")
            {
                Argument = "kernelSize",
                Repair = LargestKernel(size.Value + (2L * padding), dilation) is > 0 and var fitting ? Repair.Set("kernelSize", (Dim)(int)fitting) : Repair.Set("padding", (Dim)(int)(padding + ((missing + 1) / 2))),
            };
        }
        return (size + (Dim)((2 * padding) - reach)).FloorDivide(stride) + Dim.One;
    }

    static long LargestKernel(long padded, int dilation) => padded <= 0 ? 0 : ((padded - 1) / dilation) + 1;

    /// <summary>The members that the runtime's shape structs share, in their order.</summary>
    public IEnumerable<(string Member, Dim Value)> Members(bool dilation)
    {
        yield return ("KernelHeight", KernelHeight);
        yield return ("KernelWidth", KernelWidth);
        yield return ("StrideY", StrideY);
        yield return ("StrideX", StrideX);
        yield return ("PaddingY", PaddingY);
        yield return ("PaddingX", PaddingX);
        if (!dilation) yield break;
        yield return ("DilationY", DilationY);
        yield return ("DilationX", DilationX);
    }

    /// <summary>The input position that element <paramref name="k"/> of window <paramref name="o"/> reads; it may lie in the padding.</summary>
    public int Row(int o, int k) => (o * StrideY) - PaddingY + (k * DilationY);

    /// <inheritdoc cref="Row"/>
    public int Column(int o, int k) => (o * StrideX) - PaddingX + (k * DilationX);

    public override string ToString() => $"{KernelHeight}x{KernelWidth} stride={StrideY},{StrideX} padding={PaddingY},{PaddingX} dilation={DilationY},{DilationX}";
}
