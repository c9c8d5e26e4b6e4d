namespace ModelGen.Compiler.Ops;

/// <summary>y = Σ x / n over some axes: not an op, but a sum and a quotient, whose n may be known only at run time.</summary>
internal static class Mean
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Mean",
        Summary = "The mean over some axes; over all of them when none is named.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Ints("axes", "the axes to average over; negative ones count from the end")],
        Build = call => Of(call.Tensor("x"), call.Axes("axes", call.Tensor("x")), keepDims: false),
        Samples = [new([3, 4]), new Sample([3, 4]).With("axes", new[] { 0 }), new Sample([2, 3, 5]).With("axes", new[] { -1 }), new Sample([2, 3, 5]).With("axes", new[] { 0, 2 })],
        PyTorch = "torch.mean",
    };

    public static Node Of(Node x, IReadOnlyList<int> axes, bool keepDims) =>
        axes.Count == 0 ? x : Sum.Of(x, axes, keepDims) / x.Graph.Size(Count(x.Shape, axes), x.DType);

    /// <summary>How many elements a mean over <paramref name="axes"/> combines.</summary>
    public static Dim Count(Shape shape, IReadOnlyList<int> axes) => axes.Aggregate(Dim.One, (count, axis) => count * shape[axis]);
}
