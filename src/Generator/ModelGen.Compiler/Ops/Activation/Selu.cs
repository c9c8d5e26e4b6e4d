namespace ModelGen.Compiler.Ops;

/// <summary>y = scale · (x &gt; 0 ? x : alpha (eˣ - 1)), whose constants keep mean 0 and variance 1 (G. Klambauer et al. 2017).</summary>
internal static class Selu
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Selu",
        Summary = "The self-normalising exponential unit: 1.0507 · (x where it is positive, 1.6733 · (exp(x) - 1) elsewhere).",
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape")],
        Build = call => Of(call.Tensor("x")),
        Samples = [new Sample([4, 9]), new Sample([2, 3, 5])],
        PyTorch = "torch.nn.functional.selu",
    };

    public static Node Of(Node x) => Elu.Of(x, 1.6732632423543772848170429916717, 1.0507009873554804934193349852946, 1);
}
