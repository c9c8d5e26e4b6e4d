namespace ModelGen.Compiler.Ops;

/// <summary>x[j] = Σ y[k] e^(2πi jk / n) / n along one axis of complex numbers.</summary>
internal static class InverseFft
{
    public static readonly TensorMethod Method = new()
    {
        Name = "InverseFft",
        Summary = "The inverse of Fft: y[j] = Σ x[k] e^(2πi jk / n) / n along an axis of complex numbers, which are pairs of real and imaginary part in the last axis.",
        Parameters = [SurfaceParameter.Tensor("x", "complex numbers, [..., 2]"), SurfaceParameter.Int("axis", "the axis to transform, counted with that of the pairs; negative ones count from the end", -2)],
        Build = call =>
        {
            var x = call.Tensor("x");
            int axis = Spectrum.Axis(call, x);
            return Spectrum.Scaled(Fft.Of(x, axis, inverse: true), x.Shape[axis]);
        },
        Samples = [new([3, 8, 2]), new Sample([2, 10, 3, 2]).With("axis", 1), new([11, 2])],
        PyTorch = "torch.fft.ifft",
    };
}
