namespace ModelGen.Compiler.Ops;

/// <summary>One index of an axis, and the axis is gone: a slice of length 1, reshaped.</summary>
internal static class Select
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Select",
        Summary = "The part at one index of an axis; that axis disappears. A negative index counts from the end.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Int("axis", "the axis; negative ones count from the end"),
            SurfaceParameter.Int("index", "the index; negative ones count from the end"),
        ],
        Build = call =>
        {
            var x = call.Tensor("x");
            return Of(x, call.Axis("axis", x), call.Size("index"));
        },
        Samples = [At([3, 4], 0, 1), At([2, 3, 5], -1, -2), At([6], 0, -1), At([2, 1, 3], 1, 0)],
        MovesIntegers = true,
        PyTorch = "torch.select",
    };

    static Sample At(int[] shape, int axis, int index) => new Sample(shape).With("axis", axis).With("index", index);

    public static Node Of(Node x, int axis, Dim index)
    {
        var size = x.Shape[axis];
        var start = Slice.FromEnd(index, size);
        if (!start.DominatesOrEquals(Dim.Zero) || !size.DominatesOrEquals(start + Dim.One)) throw new ModelException(Rules.Index,
            $"'Select' of index {index} along axis {axis} of {x.Shape} reaches outside: that axis has {size} elements{(size.IsConstant ? "" : ", as few as 1")}.")
            {
                Argument = "index",
                Repair = size.IsConstant ? Repair.Set("index", index.IsConstant && index.Value < 0 ? size * -1 : size - 1) : null,
            };
        return Reshape.Of(Slice.Of(x, axis, start, Dim.One), new Shape(x.Shape.Where((_, i) => i != axis)));
    }
}
