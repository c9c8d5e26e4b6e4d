namespace ModelGen.Compiler.Ops;

/// <summary>The elements along an axis in order, and where they were: <see cref="ArgSort"/>, and a gather by it, through which the gradient goes back.</summary>
internal static class Sort
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Sort",
        Summary = "The elements along an axis in order, and the index that each of them had. Equal elements stay in their order, and NaN is larger than all else. Each element of the gradient goes back to where its value came from.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Int("axis", "the axis to sort along; negative ones count from the end", -1), SurfaceParameter.Bool("descending", "true for the largest first", false)],
        Results = [new("Values", false), new("Indices", true)],
        BuildAll = call =>
        {
            var x = call.Tensor("x");
            int axis = call.Axis("axis", x);
            return Of(x, axis, x.Shape[axis], call.Bool("descending"));
        },
        Samples = [new([3, 7]), new Sample([2, 5, 3]).With("axis", 1).With("descending", true), new Sample([1, 33])],
        PyTorch = "torch.sort",
    };

    /// <summary>The first <paramref name="count"/> values and their indices.</summary>
    public static IReadOnlyList<Node> Of(Node x, int axis, Dim count, bool descending)
    {
        var indices = ArgSort.Of(x, axis, count, descending);
        // Gather wants all other sizes to be equal, and they are.
        return [Gather.Of(x, indices, axis), indices];
    }
}
