namespace ModelGen.Compiler.Ops;

/// <summary>The real numbers whose spectrum begins with the given coefficients.</summary>
internal static class InverseRealFft
{
    public static readonly TensorMethod Method = new()
    {
        Name = "InverseRealFft",
        Summary = "The inverse of RealFft: the n real numbers whose Fourier transform begins with the given n/2 + 1 coefficients, [..., n/2 + 1, 2] → [..., n]. Imaginary parts of the first one, and for even n of the last one, do not count.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "complex numbers, [..., 2]"), SurfaceParameter.Int("size", "n, how many real numbers there are: even and odd sizes have as many coefficients"),
            SurfaceParameter.Int("axis", "the axis to transform, counted with that of the pairs; negative ones count from the end", -2),
        ],
        Build = call =>
        {
            var x = call.Tensor("x");
            int axis = Spectrum.Axis(call, x);
            var size = call.Size("size");
            // Of the two sizes with so many coefficients the even one, as in PyTorch.
            var fitting = x.Shape[axis] is { IsConstant: true, Value: > 1 } given ? Repair.Set("size", 2 * (given - 1)) : null;
            if (size.IsConstant && size.Value < 1) throw new ModelException(Rules.Argument, $"'InverseRealFft' needs a 'size' of at least 1, but it is {size}.") { Argument = "size", Repair = fitting };
            if (x.Shape[axis] != Spectrum.Coefficients(size)) throw new ModelException(Rules.SameShape,
                $"'InverseRealFft' to {size} real numbers takes {Spectrum.Coefficients(size)} coefficients, but axis {axis} of {x.Shape} has {x.Shape[axis]}.") { Argument = "size", Repair = fitting };
            return Spectrum.Scaled(RealFftTranspose.Of(x, axis, size, doubled: true), size);
        },
        Samples = [new Sample([3, 5, 2]).With("size", 8), new Sample([2, 5, 3, 2]).With("size", 9).With("axis", 1), new Sample([4, 2]).With("size", 7), new Sample([2, 1, 2]).With("size", 1), new Sample([2, 2, 2]).With("size", 2)],
        PyTorch = "torch.fft.irfft",
    };
}
