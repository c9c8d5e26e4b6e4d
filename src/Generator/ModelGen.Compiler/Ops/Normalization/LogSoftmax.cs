namespace ModelGen.Compiler.Ops;

/// <summary>y = (x - m) - ln Σ exp(x - m) along one axis, with m = max x so that no exponential overflows.</summary>
internal sealed class LogSoftmax(int axis) : CompositeOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "LogSoftmax",
        Summary = "The logarithm of the softmax along an axis, computed without overflow or cancellation.",
        Parameters = [SurfaceParameter.Tensor("x", "the logits"), SurfaceParameter.Int("axis", "the axis to normalise; negative ones count from the end", -1)],
        Build = call => Of(call.Tensor("x"), call.Axis("axis", call.Tensor("x"))),
        Samples = [new([4, 7]), new Sample([2, 3, 5]).With("axis", 1), new Sample([6]).With("axis", 0), new([3, 1]), new([3, 9]) { Low = -200, High = 200 }],
        PyTorch = "torch.log_softmax",
    };

    public int Axis { get; } = axis;
    public override string Name => "log_softmax";
    public override string Attributes => $"axis={Axis}";

    public static Node Of(Node x, int axis) => x.Graph.Add(new LogSoftmax(axis), x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => inputs[0];

    public override Node Decompose(Node y)
    {
        var x = y.Inputs[0];
        var shifted = x - Max.Of(x, [Axis], keepDims: true);
        return shifted - Log.Of(Sum.Of(Exp.Of(shifted), [Axis], keepDims: true));
    }

    // dx = dy - softmax(x) Σ dy
    public override void Backward(Vjp vjp) => vjp.Add(0, vjp.Dy - (Exp.Of(vjp.Y) * Sum.Of(vjp.Dy, [Axis], keepDims: true)));

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        foreach (var line in AxisLines.Of(call[0].Shape, Axis))
        {
            double max = line.Max(i => call[0].Data[i]), log = Math.Log(line.Sum(i => Math.Exp(call[0].Data[i] - max)));
            foreach (int i in line) y.Data[i] = call[0].Data[i] - max - log;
        }
        return y;
    }
}
