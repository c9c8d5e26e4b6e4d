namespace ModelGen.Compiler.Ops;

/// <summary>
/// y[i] = x[0] x[1] ... x[i] along one axis: the linear recurrence y[i] = x[i] y[i - 1] that begins with x[0]. Its gradient divides by nothing, so it is right at zeros too.
/// </summary>
internal static class CumProd
{
    public static readonly TensorMethod Method = new()
    {
        Name = "CumProd",
        Summary = "The running product along an axis: x[0], x[0] · x[1], ... The gradient is right where elements are zero, too.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Int("axis", "the axis to multiply along; negative ones count from the end", -1)],
        Build = call => Of(call.Tensor("x"), call.Axis("axis", call.Tensor("x"))),
        // On a grid some elements are zero.
        Samples = [new([3, 7]), new Sample([2, 5, 9]).With("axis", 1), new([4, 6]) { Grid = 1 }, new([1])],
        PyTorch = "torch.cumprod",
    };

    static Node Of(Node x, int axis)
    {
        var positions = Arange.Of(x.Graph, x.Shape[axis], x.DType);
        var zero = x.Graph.Constant(0, x.DType);
        var first = Reshape.Of(Equal.Of(positions, zero), new Shape(x.Shape.Skip(axis).Select((size, i) => i == 0 ? size : Dim.One)));
        return LinearRecurrence.Of(x, Where.Of(first, x, zero), axis, transposed: false);
    }
}
