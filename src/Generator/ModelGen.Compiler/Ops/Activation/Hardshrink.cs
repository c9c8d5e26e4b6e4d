namespace ModelGen.Compiler.Ops;

/// <summary>y = |x| &gt; lambda ? x : 0.</summary>
internal static class Hardshrink
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Hardshrink",
        Summary = "x where |x| is above lambda, 0 elsewhere.",
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape"), SurfaceParameter.Float("lambda", "what is smaller becomes 0", 0.5)],
        Build = call => Mask.Of(call.Tensor("x"), Abs.Of(call.Tensor("x")) - call.Float("lambda")),
        Samples = [new Sample([4, 9]), new Sample([7]).With("lambda", 1.1)],
        PyTorch = "torch.nn.functional.hardshrink",
    };
}
