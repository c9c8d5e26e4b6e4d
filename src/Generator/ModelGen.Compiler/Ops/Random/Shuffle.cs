namespace ModelGen.Compiler.Ops;

/// <summary>The slices along an axis in a random order: <see cref="IndexSelect"/> by a <see cref="RandomPermutation"/>.</summary>
internal static class Shuffle
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Shuffle",
        Summary = "The slices along an axis in a random order. The gradient goes back to where they came from. " + RandomUniform.Meaning,
        Parameters = [SurfaceParameter.Tensor("x", "what is shuffled"), SurfaceParameter.Int("axis", "the axis whose slices change places; negative ones count from the end", 0)],
        Build = call =>
        {
            var x = call.Tensor("x");
            int axis = call.Axis("axis", x);
            return IndexSelect.Of(x, RandomPermutation.Of(call.Graph, x.Shape[axis]), axis);
        },
        Samples = [new([5, 3]), new Sample([2, 7]).With("axis", 1)],
    };
}
