namespace ModelGen.Compiler.Ops;

/// <summary>
/// y[k] = Σ x[j] e^(∓2πi jk / n) along one axis of complex numbers; without a factor, in both directions. As a map of real numbers each direction is the other's transpose, so each is
/// the other's gradient.
/// </summary>
internal sealed class Fft(int axis, bool inverse) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Fft",
        Summary = "The discrete Fourier transform along an axis of complex numbers, which are pairs of real and imaginary part in the last axis: y[k] = Σ x[j] e^(-2πi jk / n).",
        Parameters = [SurfaceParameter.Tensor("x", "complex numbers, [..., 2]"), SurfaceParameter.Int("axis", "the axis to transform, counted with that of the pairs; negative ones count from the end", -2)],
        Build = call => Of(call.Tensor("x"), Spectrum.Axis(call, call.Tensor("x")), inverse: false),
        Samples = [new([3, 8, 2]), new Sample([2, 12, 3, 2]).With("axis", 1), new([7, 2]), new([2, 1, 2]), new Sample([15, 2, 2]).With("axis", -3)],
        PyTorch = "torch.fft.fft",
    };

    public int Axis { get; } = axis;
    public bool IsInverse { get; } = inverse;
    public override string Name => "fft";
    public override string Attributes => $"axis={Axis}{(IsInverse ? " inverse" : "")}";

    public static Node Of(Node x, int axis, bool inverse) => x.Graph.Add(new Fft(axis, inverse), x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => inputs[0];

    public override TimeAxis? Follow(TimeFlow flow) => flow.X.Axis == Axis ? null : flow.X;

    public override void Backward(Vjp vjp) => vjp.Add(0, Of(vjp.Dy, Axis, !IsInverse));

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        foreach (var line in Spectrum.Lines(y.Shape, Axis))
            for (int k = 0; k < line.Length; k++)
                for (int j = 0; j < line.Length; j++)
                {
                    var (re, im) = Spectrum.Root(line.Length, j, k);
                    if (IsInverse) im = -im;
                    double a = call[0].Data[line[j]], b = call[0].Data[line[j] + 1];
                    y.Data[line[k]] += (a * re) - (b * im);
                    y.Data[line[k] + 1] += (a * im) + (b * re);
                }
        return y;
    }

    public override KernelCall Kernel(Node y) => Spectrum.Kernel("Fft.Complex", IsInverse ? "InverseFft" : "Fft", IsInverse ? "true" : "false", y.Shape, Axis, y.Shape[Axis], y.Shape.Rank - 1);
}
