namespace ModelGen.Compiler.Ops;

/// <summary>y = a · σ(b) for the two halves a and b of x along an axis   (gated linear unit, Y. Dauphin et al. 2017).</summary>
internal static class Glu
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Glu",
        Summary = "The first half of x along an axis times the sigmoid of the second: [..., 2·n] → [..., n].",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Int("axis", "the axis to halve; negative ones count from the end", -1)],
        Build = call =>
        {
            var x = call.Tensor("x");
            int axis = call.Axis("axis", x);
            var half = x.Shape[axis].DivideExactly(2) ?? throw new ModelException(Rules.FeatureCount,
                $"'Glu' halves axis {axis} of {x.Shape}, whose {x.Shape[axis]} elements do not divide by 2.") { Argument = "axis" };
            return Slice.Of(x, axis, Dim.Zero, half) * Sigmoid.Of(Slice.Of(x, axis, half, half));
        },
        Samples = [new Sample([3, 8]), new Sample([2, 4, 3]).With("axis", 1)],
        PyTorch = "torch.nn.functional.glu",
    };
}
