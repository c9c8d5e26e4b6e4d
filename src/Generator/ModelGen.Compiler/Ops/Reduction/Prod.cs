namespace ModelGen.Compiler.Ops;

/// <summary>
/// y = Π x over some axes, as a tree of products of halves. Its gradient is right at zeros too, where a quotient y / x would not be. The sizes must be
/// constant.
/// </summary>
internal static class Prod
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Prod",
        Summary = "The product over some axes, whose sizes are constant; over all of them when none is named.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Ints("axes", "the axes to multiply over; negative ones count from the end")],
        Build = call =>
        {
            var x = call.Tensor("x");
            int[] axes = call.Axes("axes", x);
            foreach (int axis in axes)
                if (!x.Shape[axis].IsConstant) throw new ModelException(Rules.Argument,
                    $"'Prod' over axis {axis} of {x.Shape} needs a constant size, but {x.Shape[axis]} is known only at run time.") { Argument = "axes" };
            var y = axes.Aggregate(x, (product, axis) => Along(product, axis));
            return Reshape.Of(y, new Shape(x.Shape.Where((_, i) => !axes.Contains(i))));
        },
        Samples = [new([3, 4]), new Sample([2, 5, 3]).With("axes", new[] { 1 })],
        PyTorch = "torch.prod",
    };

    static Node Along(Node x, int axis)
    {
        var size = x.Shape[axis];
        if (size.IsZero) return BroadcastTo.Of(x.Graph.Constant(1, x.DType), x.Shape.With(axis, Dim.One));
        if (size.IsOne) return x;
        var half = size.FloorDivide(2);
        var y = Along(Slice.Of(x, axis, Dim.Zero, half) * Slice.Of(x, axis, half, half), axis);
        return half + half == size ? y : y * Slice.Of(x, axis, size - 1, Dim.One);
    }
}
