namespace ModelGen.Compiler.Ops;

/// <summary>The lower triangle of matrices; all else is 0.</summary>
internal static class Tril
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Tril",
        Summary = "The lower triangle of the matrices of the last two axes: what is not above the given diagonal; all else is 0.",
        Parameters = Triangle.Parameters,
        Build = call => Triangle.Of(call, LessOrEqual.Of),
        Samples = Triangle.Samples,
        PyTorch = "torch.tril",
    };
}
