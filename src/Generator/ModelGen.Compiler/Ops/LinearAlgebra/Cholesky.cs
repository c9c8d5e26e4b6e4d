namespace ModelGen.Compiler.Ops;

/// <summary>
/// The lower triangular L with L Lᵀ = A, for symmetric positive definite matrices [batch, n, n]   (A.-L. Cholesky). A matrix that is not positive definite gives NaN.
/// </summary>
internal sealed class Cholesky : KernelOp
{
    public static readonly Cholesky Instance = new();

    public static readonly TensorMethod Method = new()
    {
        Name = "Cholesky",
        Summary = "The lower triangular L with L Lᵀ = x, for symmetric positive definite matrices [..., n, n]. Of a matrix that is not symmetric, the mean of it and its transpose counts. One that is not positive definite gives NaN, and no other of the batch does.",
        Parameters = [SurfaceParameter.Tensor("x", "the matrices, [..., n, n]")],
        Build = call =>
        {
            var x = call.Tensor("x");
            Matrices.RequireSquare(call.Method, x);
            // So the gradient is symmetric, and a difference in any element says the same.
            var symmetric = (x + Matrices.Transposed(x)) * 0.5;
            return Reshape.Of(x.Graph.Add(Instance, Matrices.Flat(symmetric)), x.Shape);
        },
        Samples = [new([4, 4]) { Low = -1, High = 1, Diagonal = 4 }, new([3, 2, 5, 5]) { Low = -1, High = 1, Diagonal = 5 }, new([2, 1, 1]) { Low = 1, High = 2 }, new([19, 19]) { Low = -1, High = 1, Diagonal = 12 }],
        PyTorch = "torch.linalg.cholesky",
    };

    public override string Name => "cholesky";

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => inputs[0];

    public override TimeAxis? Follow(TimeFlow flow) => Matrices.Follow(flow);

    // dA = L⁻ᵀ Φ(Lᵀ dL) L⁻¹, where Φ takes the lower triangle and half of the diagonal (I. Murray, "Differentiation of the Cholesky decomposition", 2016). A is symmetric: the
    // transpose of it is the same gradient, and needs one transposition less.
    public override void Backward(Vjp vjp)
    {
        var l = vjp.Y;
        var product = Matrices.Product(l, vjp.Dy, transposeA: true);
        var inner = (Triangle.Of(product, upper: false) + Triangle.Of(product, upper: false, -1)) * 0.5;
        vjp.Add(0, SolveTriangular.Of(l, Matrices.Transposed(SolveTriangular.Of(l, inner, upper: false, transposed: true)), upper: false, transposed: true));
    }

    public override NdArray Reference(ReferenceCall call) => Matrices.Each(call.ResultShape, batch =>
    {
        var a = Matrices.Of(call[0], batch);
        int n = a.GetLength(0);
        var l = new double[n, n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j <= i; j++)
            {
                double rest = a[i, j];
                for (int k = 0; k < j; k++) rest -= l[i, k] * l[j, k];
                if (i == j && !(rest > 0)) return null;
                l[i, j] = i == j ? Math.Sqrt(rest) : rest / l[j, j];
            }
        return l;
    });

    public override KernelCall Kernel(Node y) => new()
    {
        Method = "Cholesky.Run",
        Label = $"Cholesky {y.Shape[2]}",
        ShapeType = "SystemShape",
        Shape = Matrices.KernelShape(y.Shape, Dim.Zero),
        MultiplyAdds = y.Shape[0] * (y.Shape[2] * y.Shape[2] * y.Shape[2]).FloorDivide(6),
    };
}
