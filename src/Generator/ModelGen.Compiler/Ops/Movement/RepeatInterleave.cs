namespace ModelGen.Compiler.Ops;

/// <summary>Each element repeated along an axis: a broadcast over a new axis behind it, and a reshape.</summary>
internal static class RepeatInterleave
{
    public static readonly TensorMethod Method = new()
    {
        Name = "RepeatInterleave",
        Summary = "Each element repeated along an axis: a, b → a, a, b, b.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Int("repeats", "how often, at least 1"),
            SurfaceParameter.Int("axis", "the axis to repeat along; negative ones count from the end", -1),
        ],
        Build = call =>
        {
            var x = call.Tensor("x");
            var repeats = call.Size("repeats");
            if (repeats.IsConstant && repeats.Value < 1) throw new ModelException(Rules.Argument,
                $"'RepeatInterleave' of {x.Shape} needs 'repeats' to be at least 1, but it is {repeats}.") { Argument = "repeats", Repair = Repair.Set("repeats", 1) };
            return Of(x, call.Axis("axis", x), repeats);
        },
        Samples = [new Sample([2, 3]).With("repeats", 2), new Sample([2, 3, 2]).With("repeats", 3).With("axis", 1)],
        PyTorch = "torch.repeat_interleave",
    };

    public static Node Of(Node x, int axis, Dim repeats)
    {
        var apart = Unsqueeze.Of(x, axis + 1);
        return Reshape.Of(BroadcastTo.Of(apart, apart.Shape.With(axis + 1, repeats)), x.Shape.With(axis, x.Shape[axis] * repeats));
    }
}
