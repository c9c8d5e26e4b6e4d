namespace ModelGen.Compiler.Ops;

/// <summary>The upper triangle of matrices; all else is 0.</summary>
internal static class Triu
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Triu",
        Summary = "The upper triangle of the matrices of the last two axes: what is not below the given diagonal; all else is 0.",
        Parameters = Triangle.Parameters,
        Build = call => Triangle.Of(call, GreaterOrEqual.Of),
        Samples = Triangle.Samples,
        PyTorch = "torch.triu",
    };
}
