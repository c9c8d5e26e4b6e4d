namespace ModelGen.Compiler.Ops;

/// <summary>y = m + ln Σ exp(x - m) over some axes, with m = max x so that no exponential overflows.</summary>
internal sealed class LogSumExp(IEnumerable<int> axes) : CompositeOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "LogSumExp",
        Summary = "ln Σ exp(x) over some axes, computed without overflow; over all of them when none is named.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), Var.Axes],
        Build = call => Of(call.Tensor("x"), call.Axes("axes", call.Tensor("x"))),
        Samples = [new([3, 4]), new Sample([2, 3, 5]).With("axes", new[] { 0, 2 }), new Sample([3, 6]) { Low = -200, High = 200 }.With("axes", new[] { 1 })],
        PyTorch = "torch.logsumexp",
    };

    readonly Sum sum = new(axes, keepDims: false);

    public override string Name => "log_sum_exp";
    public override string Attributes => sum.Attributes;

    public static Node Of(Node x, IReadOnlyList<int> axes) => axes.Count == 0 ? x : x.Graph.Add(new LogSumExp(axes), x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => sum.Infer(inputs);

    public override Node Decompose(Node y)
    {
        var x = y.Inputs[0];
        Node Number(double value) => x.Graph.Constant(value, x.DType);
        var max = Max.Of(x, sum.Axes, keepDims: true);
        // An infinite maximum is not subtracted: ∞ - ∞ is NaN, and e^∞ and e^-∞ need no help.
        var shift = Where.Of(Equal.Of(Abs.Of(max), Number(double.PositiveInfinity)), Number(0), max);
        return Reshape.Of(Log.Of(Sum.Of(Exp.Of(x - shift), sum.Axes, keepDims: true)) + shift, y.Shape);
    }

    // dx = dy exp(x - y)
    public override void Backward(Vjp vjp)
    {
        var kept = sum.With(sum.Axes, true).ReducedShape(vjp.X.Shape);
        vjp.Add(0, Reshape.Of(vjp.Dy, kept) * Exp.Of(vjp.X - Reshape.Of(vjp.Y, kept)));
    }

    public override NdArray Reference(ReferenceCall call)
    {
        var x = call[0];
        var kept = x.Shape.Select((d, i) => sum.Axes.Contains(i) ? 1 : d).ToArray();
        var groups = new Dictionary<int, List<double>>();
        var result = new NdArray(kept);
        var target = new int[x.Rank];
        foreach (var index in x.Indices())
        {
            for (int i = 0; i < target.Length; i++) target[i] = sum.Axes.Contains(i) ? 0 : index[i];
            int at = result.Offset(target);
            if (!groups.TryGetValue(at, out var group)) groups[at] = group = [];
            group.Add(x[index]);
        }
        for (int i = 0; i < result.Length; i++)
        {
            double max = groups[i].Max();
            result.Data[i] = double.IsInfinity(max) ? max : max + Math.Log(groups[i].Sum(v => Math.Exp(v - max)));
        }
        return new NdArray(call.ResultShape, result.Data);
    }
}
