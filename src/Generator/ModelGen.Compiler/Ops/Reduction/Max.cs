namespace ModelGen.Compiler.Ops;

/// <summary>y = the largest x over some axes. Elements that tie share the gradient equally, as in torch.amax.</summary>
internal sealed class Max(IEnumerable<int> axes, bool keepDims) : ReductionOp(axes, keepDims)
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Max",
        Summary = "The largest element over some axes; over all of them when none is named.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Ints("axes", "the axes to reduce; negative ones count from the end")],
        Build = call => Of(call.Tensor("x"), call.Axes("axes", call.Tensor("x")), keepDims: false),
        Samples = [new([3, 4]), new Sample([3, 4]).With("axes", new[] { 0 }), new Sample([2, 3, 5]).With("axes", new[] { -1 }), new Sample([2, 3, 5]).With("axes", new[] { 0, 2 })],
        PyTorch = "torch.amax",
    };

    public override string Name => "max";
    public override ReductionKind Kind => ReductionKind.Max;
    public override ReductionOp With(IEnumerable<int> axes, bool keepDims) => new Max(axes, keepDims);

    public static Node Of(Node x, IEnumerable<int> axes, bool keepDims)
    {
        var list = axes.ToArray();
        return list.Length == 0 ? x : x.Graph.Add(new Max(list, keepDims), x);
    }

    public override void Backward(Vjp vjp)
    {
        var kept = With(Axes, true).ReducedShape(vjp.X.Shape);
        var winners = Equal.Of(vjp.X, Reshape.Of(vjp.Y, kept));
        vjp.Add(0, winners * (Reshape.Of(vjp.Dy, kept) / Sum.Of(winners, Axes, keepDims: true)));
    }
}
