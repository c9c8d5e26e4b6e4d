namespace ModelGen.Compiler.Ops;

/// <summary>
/// y[k] = c[k] Σ x[j] e^(-2πi jk / n) for k = 0..n/2, along one axis of real numbers [..., n, ...] → [..., n/2 + 1, ..., 2]. The weights c are 1, or count how often a coefficient
/// stands in the whole spectrum, where its conjugate does, too: once at 0 and n/2, else twice. <see cref="RealFftTranspose"/> is its gradient.
/// </summary>
internal sealed class RealFft(int axis, bool doubled) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "RealFft",
        Summary = "The discrete Fourier transform along an axis of n real numbers: its first n/2 + 1 coefficients, of which the others are conjugates. [..., n] → [..., n/2 + 1, 2], complex numbers as pairs of real and imaginary part in a last axis.",
        Parameters = [SurfaceParameter.Tensor("x", "real numbers"), SurfaceParameter.Int("axis", "the axis to transform; negative ones count from the end", -1)],
        Build = call => Of(call.Tensor("x"), call.Axis("axis", call.Tensor("x")), doubled: false),
        Samples = [new([3, 8]), new Sample([2, 9, 3]).With("axis", 1), new([7]), new([2, 1]), new([3, 2]), new Sample([20, 2]).With("axis", 0)],
        PyTorch = "torch.fft.rfft",
    };

    public int Axis { get; } = axis;
    public bool IsDoubled { get; } = doubled;
    public override string Name => "real_fft";
    public override string Attributes => $"axis={Axis}{(IsDoubled ? " doubled" : "")}";

    public static Node Of(Node x, int axis, bool doubled) => x.Graph.Add(new RealFft(axis, doubled), x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var x = inputs[0].Shape;
        return new TensorType(inputs[0].DType, new Shape(x.With(Axis, Spectrum.Coefficients(x[Axis])).Append(2)));
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.X.Axis == Axis ? null : flow.X;

    public override void Backward(Vjp vjp) => vjp.Add(0, RealFftTranspose.Of(vjp.Dy, Axis, vjp.X.Shape[Axis], IsDoubled));

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        foreach (var (from, to) in AxisLines.Of(call[0].Shape, Axis).Zip(Spectrum.Lines(y.Shape, Axis), (x, c) => (x, c)))
            for (int k = 0; k < to.Length; k++)
                for (int j = 0; j < from.Length; j++)
                {
                    var (re, im) = Spectrum.Root(from.Length, j, k);
                    double x = call[0].Data[from[j]] * Weight(k, from.Length, IsDoubled);
                    y.Data[to[k]] += x * re;
                    y.Data[to[k] + 1] += x * im;
                }
        return y;
    }

    /// <summary>How often a coefficient counts.</summary>
    internal static int Weight(int k, int n, bool doubled) => doubled && k > 0 && 2 * k != n ? 2 : 1;

    public override KernelCall Kernel(Node y) => Spectrum.Kernel("RealFft.Run", "RealFft", IsDoubled ? "true" : "false", y.Shape, Axis, y.Inputs[0].Shape[Axis], y.Shape.Rank - 1);
}
