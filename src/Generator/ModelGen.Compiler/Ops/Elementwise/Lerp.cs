namespace ModelGen.Compiler.Ops;

/// <summary>y = a + weight (b - a), with broadcasting.</summary>
internal static class Lerp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Lerp",
        Summary = "The point between a and b that a weight names, elementwise, with broadcasting: a + weight · (b - a).",
        Parameters = [SurfaceParameter.Tensor("a", "what weight 0 gives"), SurfaceParameter.Tensor("b", "what weight 1 gives"), SurfaceParameter.Tensor("weight", "how far from a to b")],
        TakesNumbers = true,
        Build = call => call.Tensor("a") + (call.Tensor("weight") * (call.Tensor("b") - call.Tensor("a"))),
        Samples = [new([3, 4], [3, 4], [3, 4]), new([2, 1, 5], [3, 1], [5])],
        PyTorch = "torch.lerp",
    };
}
