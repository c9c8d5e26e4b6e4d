namespace ModelGen.Compiler.Ops;

/// <summary>y = exp(x - m) / Σ exp(x - m) along one axis, with m = max x so that no exponential overflows.</summary>
internal sealed class Softmax(int axis) : CompositeOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Softmax",
        Summary = "exp(x) / Σ exp(x) along an axis, computed without overflow: positive numbers that sum to 1.",
        Parameters = [SurfaceParameter.Tensor("x", "the logits"), SurfaceParameter.Int("axis", "the axis to normalise; negative ones count from the end", -1)],
        Build = call => Of(call.Tensor("x"), call.Axis("axis", call.Tensor("x"))),
        Samples = [new([4, 7]), new Sample([2, 3, 5]).With("axis", 1), new Sample([6]).With("axis", 0), new([3, 1]), new([3, 9]) { Low = -200, High = 200 }],
        PyTorch = "torch.softmax",
    };

    public int Axis { get; } = axis;
    public override string Name => "softmax";
    public override string Attributes => $"axis={Axis}";

    public static Node Of(Node x, int axis) => x.Graph.Add(new Softmax(axis), x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => inputs[0];

    public override Node Decompose(Node y)
    {
        var x = y.Inputs[0];
        var e = Exp.Of(x - Max.Of(x, [Axis], keepDims: true));
        return e / Sum.Of(e, [Axis], keepDims: true);
    }

    // dx = y (dy - Σ dy y)
    public override void Backward(Vjp vjp)
    {
        var weighted = vjp.Dy * vjp.Y;
        vjp.Add(0, weighted - (vjp.Y * Sum.Of(weighted, [Axis], keepDims: true)));
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        foreach (var line in AxisLines.Of(call[0].Shape, Axis))
        {
            double max = line.Max(i => call[0].Data[i]), sum = line.Sum(i => Math.Exp(call[0].Data[i] - max));
            foreach (int i in line) y.Data[i] = Math.Exp(call[0].Data[i] - max) / sum;
        }
        return y;
    }
}
