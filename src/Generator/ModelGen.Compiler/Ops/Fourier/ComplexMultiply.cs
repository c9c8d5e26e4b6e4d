namespace ModelGen.Compiler.Ops;

/// <summary>(a + bi)(c + di) = (ac - bd) + (ad + bc)i, of pairs in the last axis: a (c, d) + b (-d, c).</summary>
internal static class ComplexMultiply
{
    public static readonly TensorMethod Method = new()
    {
        Name = "ComplexMultiply",
        Summary = "The elementwise product of complex numbers, which are pairs of real and imaginary part in the last axis, with broadcasting. Between a Fft and an InverseFft it is a circular convolution.",
        Parameters = [SurfaceParameter.Tensor("a", "complex numbers, [..., 2]"), SurfaceParameter.Tensor("b", "complex numbers, [..., 2]; shapes broadcast")],
        Build = call =>
        {
            Node a = call.Tensor("a"), b = call.Tensor("b");
            Spectrum.RequirePairs(call.Method, a, "a");
            Spectrum.RequirePairs(call.Method, b, "b");
            var turned = Concat.Of(b.Shape.Rank - 1, -Part(b, 1), Part(b, 0));
            return (Part(a, 0) * b) + (Part(a, 1) * turned);
        },
        Samples = [new([3, 4, 2], [3, 4, 2]), new([2, 1, 5, 2], [3, 1, 2]), new([2], [2])],
        PyTorch = "torch.mul of torch.view_as_complex",
    };

    // The real or the imaginary parts, the last axis staying.
    static Node Part(Node x, int which) => Slice.Of(x, x.Shape.Rank - 1, which, Dim.One);
}
