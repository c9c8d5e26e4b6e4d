namespace ModelGen.Compiler.Ops;

/// <summary>Axes of size 1 removed: a reshape.</summary>
internal static class Squeeze
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Squeeze",
        Summary = "The named axes, of size 1, removed; all axes of size 1 when none is named.",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Ints("axes", "the axes to remove; negative ones count from the end")],
        Build = call =>
        {
            var x = call.Tensor("x");
            int[] axes = call.Ints("axes").Length == 0 ? Enumerable.Range(0, x.Shape.Rank).Where(i => x.Shape[i].IsOne).ToArray() : call.Axes("axes", x);
            foreach (int axis in axes)
                if (!x.Shape[axis].IsOne) throw new ModelException(Rules.Axis,
                    $"'Squeeze' removes axes of size 1, but axis {axis} of {x.Shape} has size {x.Shape[axis]}.") { Argument = "axes" };
            return Reshape.Of(x, new Shape(x.Shape.Where((_, i) => !axes.Contains(i))));
        },
        Samples = [new([2, 1, 3, 1]), new Sample([2, 1, 3, 1]).With("axes", new[] { -1 })],
        MovesIntegers = true,
        PyTorch = "torch.squeeze",
    };
}
