namespace ModelGen.Execution;

/// <summary>Where the window of one output position lies in the input, along one dimension: element k lies at Start + k * dilation.</summary>
readonly struct Window
{
    /// <summary>The position of element 0; negative in the padding.</summary>
    internal nint Start { get; private init; }

    /// <summary>The first element inside the image.</summary>
    internal nint From { get; private init; }

    /// <summary>One past the last element inside the image.</summary>
    internal nint To { get; private init; }

    internal static Window At(nint output, nint stride, nint padding, nint dilation, nint size, nint inputSize)
    {
        nint start = output * stride - padding;
        nint from = start >= 0 ? 0 : Math.Min(size, (-start + dilation - 1) / dilation);
        nint to = start >= inputSize ? 0 : Math.Min(size, (inputSize - start + dilation - 1) / dilation);
        return new() { Start = start, From = from, To = Math.Max(from, to) };
    }

    /// <summary>The output position whose window has its element <paramref name="k"/> at <paramref name="input"/>, or -1.</summary>
    internal static nint Source(nint input, nint k, nint stride, nint padding, nint dilation, nint outputSize)
    {
        nint scaled = input + padding - k * dilation;
        if (scaled < 0 || scaled % stride != 0)
            return -1;
        nint output = scaled / stride;
        return output < outputSize ? output : -1;
    }
}
