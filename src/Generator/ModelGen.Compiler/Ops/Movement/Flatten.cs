namespace ModelGen.Compiler.Ops;

/// <summary>All axes from one on as a single axis: a reshape.</summary>
internal static class Flatten
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Flatten",
        Summary = "The axes from startAxis on as one axis: [N, C, H, W] → [N, C·H·W].",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Int("startAxis", "the first axis to join; negative ones count from the end", 1)],
        Build = call =>
        {
            var x = call.Tensor("x");
            int start = call.Axis("startAxis", x);
            return Reshape.Of(x, new Shape(x.Shape.Take(start).Append(x.Shape.Product(start, x.Shape.Rank))));
        },
        Samples = [new([2, 3, 4]), new([2, 3, 4, 5]), new Sample([2, 3]).With("startAxis", 0), new Sample([2, 3, 4]).With("startAxis", -1)],
        MovesIntegers = true,
        PyTorch = "torch.flatten",
    };
}
