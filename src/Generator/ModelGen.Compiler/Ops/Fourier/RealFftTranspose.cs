namespace ModelGen.Compiler.Ops;

/// <summary>
/// x[j] = Re Σ c[k] y[k] e^(2πi jk / n) for k = 0..n/2, along one axis of complex numbers [..., n/2 + 1, ..., 2] → [..., n, ...]: the transpose of <see cref="RealFft"/> with the same
/// weights, so each is the other's gradient. Doubled and divided by n it is the inverse.
/// </summary>
internal sealed class RealFftTranspose(int axis, Dim size, bool doubled) : KernelOp
{
    public int Axis { get; } = axis;
    public Dim Size { get; } = size;
    public bool IsDoubled { get; } = doubled;
    public override string Name => "real_fft_transpose";
    public override string Attributes => $"axis={Axis} size={Size}{(IsDoubled ? " doubled" : "")}";

    public static Node Of(Node y, int axis, Dim size, bool doubled) => y.Graph.Add(new RealFftTranspose(axis, size, doubled), y);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var y = inputs[0].Shape;
        return new TensorType(inputs[0].DType, new Shape(y.With(Axis, Size).Take(y.Rank - 1)));
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.X.Axis == Axis ? null : flow.X;

    public override void Backward(Vjp vjp) => vjp.Add(0, RealFft.Of(vjp.Dy, Axis, IsDoubled));

    public override NdArray Reference(ReferenceCall call)
    {
        var x = new NdArray(call.ResultShape);
        foreach (var (from, to) in Spectrum.Lines(call[0].Shape, Axis).Zip(AxisLines.Of(x.Shape, Axis), (c, y) => (c, y)))
            for (int j = 0; j < to.Length; j++)
                for (int k = 0; k < from.Length; k++)
                {
                    var (re, im) = Spectrum.Root(to.Length, j, k);
                    // The real part of the product with the conjugate of the root.
                    x.Data[to[j]] += RealFft.Weight(k, to.Length, IsDoubled) * ((call[0].Data[from[k]] * re) + (call[0].Data[from[k] + 1] * im));
                }
        return x;
    }

    public override KernelCall Kernel(Node x) => Spectrum.Kernel("RealFft.Transpose", "RealFftTranspose", IsDoubled ? "true" : "false", x.Shape, Axis, Size, x.Shape.Rank);
}
