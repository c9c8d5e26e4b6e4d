namespace ModelGen.Compiler.Ops;

/// <summary>The elements moved along an axis; what leaves at one end enters at the other. Two slices, joined.</summary>
internal static class Roll
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Roll",
        Summary = "The elements moved by some places along an axis of constant size; what leaves at one end enters at the other.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Int("shift", "how many places, negative ones to the front"),
            SurfaceParameter.Int("axis", "the axis; negative ones count from the end", -1),
        ],
        Build = call =>
        {
            var x = call.Tensor("x");
            int axis = call.Axis("axis", x);
            var size = x.Shape[axis];
            if (!size.IsConstant) throw new ModelException(Rules.Argument,
                $"'Roll' along axis {axis} of {x.Shape} needs a constant size, but {size} is known only at run time.") { Argument = "axis" };
            if (size.IsZero) return x;
            long shift = ((call.Int("shift") % size.Value) + size.Value) % size.Value;
            if (shift == 0) return x;
            var head = size - Dim.Of(shift);
            return Ops.Concat.Of(axis, Slice.Of(x, axis, head, Dim.Of(shift)), Slice.Of(x, axis, Dim.Zero, head));
        },
        Samples = [new Sample([3, 5]).With("shift", 2), new Sample([2, 4, 3]).With("shift", -1).With("axis", 1)],
        PyTorch = "torch.roll",
    };
}
