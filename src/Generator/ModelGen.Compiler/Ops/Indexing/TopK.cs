namespace ModelGen.Compiler.Ops;

/// <summary>The k largest elements along an axis, or the smallest, in order, and where they were: the beginning of <see cref="Sort"/>.</summary>
internal static class TopK
{
    public static readonly TensorMethod Method = new()
    {
        Name = "TopK",
        Summary = "The k largest elements along an axis, the largest first (or the smallest), and the index that each of them had: [..., n, ...] → [..., k, ...]. Of equal elements the first ones are taken; NaN is larger than all else. Each element of the gradient goes back to where its value came from.",
        Parameters =
        [
            SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Int("k", "how many, at least 1"), SurfaceParameter.Int("axis", "the axis to search; negative ones count from the end", -1),
            SurfaceParameter.Bool("largest", "false for the smallest elements, the smallest first", true),
        ],
        Results = [new("Values", false), new("Indices", true)],
        BuildAll = call =>
        {
            var x = call.Tensor("x");
            int axis = call.Axis("axis", x), k = call.Int("k");
            var size = x.Shape[axis];
            if (k < 1 || (size.IsConstant && k > size.Value)) throw new ModelException(Rules.Argument,
                $"'TopK' along axis {axis} of {x.Shape} takes 1 to {size} elements, but 'k' is {k}.") { Argument = "k", Repair = Repair.Set("k", k < 1 || !size.IsConstant ? 1 : (int)size.Value) };
            return Sort.Of(x, axis, k, call.Bool("largest"));
        },
        Samples = [new Sample([3, 7]).With("k", 3), new Sample([2, 5, 3]).With("k", 2).With("axis", 1).With("largest", false), new Sample([2, 40]).With("k", 1)],
        PyTorch = "torch.topk",
    };
}
