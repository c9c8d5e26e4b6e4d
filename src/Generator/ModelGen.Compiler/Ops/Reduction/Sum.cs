namespace ModelGen.Compiler.Ops;

/// <summary>y = Σ x over some axes.</summary>
internal sealed class Sum(IEnumerable<int> axes, bool keepDims) : ReductionOp(axes, keepDims)
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Sum",
        Summary = "The sum over some axes; over all of them when none is named.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Ints("axes", "the axes to sum over; negative ones count from the end")],
        Build = call => Of(call.Tensor("x"), call.Axes("axes", call.Tensor("x")), keepDims: false),
        Samples = [new([3, 4]), new Sample([3, 4]).With("axes", new[] { 0 }), new Sample([2, 3, 5]).With("axes", new[] { -1 }), new Sample([2, 3, 5]).With("axes", new[] { 0, 2 })],
        PyTorch = "torch.sum",
    };

    public override string Name => "sum";
    public override ReductionKind Kind => ReductionKind.Sum;
    public override ReductionOp With(IEnumerable<int> axes, bool keepDims) => new Sum(axes, keepDims);

    public static Node Of(Node x, IEnumerable<int> axes, bool keepDims)
    {
        var list = axes.ToArray();
        return list.Length == 0 ? x : x.Graph.Add(new Sum(list, keepDims), x);
    }

    /// <summary>Sums a gradient down to the shape of an operand that was broadcast.</summary>
    public static Node To(Node gradient, Shape shape)
    {
        if (gradient.Shape == shape) return gradient;
        var summed = Of(gradient, Broadcasting.RepeatedAxes(shape, gradient.Shape), keepDims: true);
        return Reshape.Of(summed, shape);
    }

    public override void Backward(Vjp vjp)
    {
        var kept = Reshape.Of(vjp.Dy, With(Axes, true).ReducedShape(vjp.X.Shape));
        vjp.Add(0, BroadcastTo.Of(kept, vjp.X.Shape));
    }
}
