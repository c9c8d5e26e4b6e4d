namespace ModelGen.Compiler.Ops;

/// <summary>A⁻¹: the solutions for the columns of the identity.</summary>
internal static class Inverse
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Inverse",
        Summary = "The inverses of square matrices [..., n, n]. A singular matrix gives NaN. x.Solve(b) is faster and more accurate than x.Inverse().MatMul(b).",
        Parameters = [SurfaceParameter.Tensor("x", "the matrices, [..., n, n]")],
        Build = call =>
        {
            var x = call.Tensor("x");
            Matrices.RequireSquare(call.Method, x);
            return Reshape.Of(Of(Matrices.Flat(x)), x.Shape);
        },
        Samples = [new([4, 4]) { Low = -1, High = 1, Diagonal = 3 }, new([2, 3, 3, 3]) { Low = -1, High = 1, Diagonal = -3 }, new([3, 1, 1]) { Low = 1, High = 2 }],
        PyTorch = "torch.linalg.inv",
    };

    /// <summary>op(a)⁻¹ of [batch, n, n], where op may transpose.</summary>
    public static Node Of(Node a, bool transposed = false) => Solve.Of(a, Matrices.Identity(a), transposed);
}
