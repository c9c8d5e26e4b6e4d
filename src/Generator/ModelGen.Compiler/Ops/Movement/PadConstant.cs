namespace ModelGen.Compiler.Ops;

/// <summary>New elements of one value around a tensor: the zeros of <see cref="Ops.Pad"/>, or blocks of the value, joined.</summary>
internal static class PadConstant
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Pad",
        Summary = "Zeros before and behind the elements of the last axes.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), Padding.Parameter],
        Build = call => Padding.Of(call, largest: null, Zeros),
        Samples = Padding.Samples,
        PyTorch = "torch.nn.functional.pad",
    };

    public static readonly TensorMethod WithValue = new()
    {
        Name = "Pad",
        Summary = "A value before and behind the elements of the last axes.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Float("value", "the new elements"), Padding.Parameter],
        Build = call =>
        {
            double value = call.Float("value");
            return Padding.Of(call, largest: null, value == 0 ? Zeros : (x, axis, before, behind) => Padding.Join(axis, Block(x, axis, before, value), x, Block(x, axis, behind, value)));
        },
        Samples = [new Sample([2, 4, 3]).With("value", -1.5).With("padding", new[] { 2, 1, 1, 0 })],
        PyTorch = "torch.nn.functional.pad",
    };

    static Node Zeros(Node x, int axis, int before, int behind) => Pad.Of(x, axis, before, x.Shape[axis] + (before + behind));

    static Node? Block(Node x, int axis, int size, double value) => size == 0 ? null : BroadcastTo.Of(x.Graph.Constant(value, x.DType), x.Shape.With(axis, size));
}
