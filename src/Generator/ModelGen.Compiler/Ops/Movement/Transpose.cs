namespace ModelGen.Compiler.Ops;

/// <summary>Two axes swapped: a permutation.</summary>
internal static class Transpose
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Transpose",
        Summary = "Two axes swapped; the last two unless others are named.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Int("axis0", "one axis; negative ones count from the end", -2),
            SurfaceParameter.Int("axis1", "the other axis", -1),
        ],
        Build = call =>
        {
            var x = call.Tensor("x");
            return Of(x, call.Axis("axis0", x), call.Axis("axis1", x));
        },
        Samples = [new([3, 4]), new([2, 3, 5]), new Sample([2, 3, 4, 5]).With("axis0", 1).With("axis1", 2), new Sample([3, 2]).With("axis0", 0).With("axis1", 0)],
        MovesIntegers = true,
        PyTorch = "torch.transpose",
    };

    public static Node Of(Node x, int axis0, int axis1)
    {
        var axes = Enumerable.Range(0, x.Shape.Rank).ToArray();
        (axes[axis0], axes[axis1]) = (axis1, axis0);
        return Permute.Of(x, axes);
    }
}
