namespace ModelGen.Compiler.Ops;

/// <summary>
/// X = op(A)⁻¹ B, where op may transpose: matrices A [batch, n, n], their <see cref="LuFactors"/>, and right sides [batch, n, m] → [batch, n, m]. A singular matrix gives NaN.
/// </summary>
internal sealed class Solve(bool transposed) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Solve",
        Summary = "The solutions x of a x = b, by Gaussian elimination with partial pivoting: square matrices a [..., n, n] and b [..., n, m] → [..., n, m], or b [..., n] → [..., n]. Leading axes broadcast. A singular matrix gives NaN, and no other of the batch does.",
        Parameters = [SurfaceParameter.Tensor("a", "the matrices, [..., n, n]"), SurfaceParameter.Tensor("b", "the right sides, [..., n, m]; or vectors, [n] or of the shape of a without its last axis")],
        Build = call => Matrices.Solutions(call.Method, call.Tensor("a"), call.Tensor("b"), (a, b) => Of(a, b)),
        Samples =
        [
            Regular([4, 4], [4, 3]), Regular([3, 5, 5], [3, 5]), Regular([2, 1, 3, 3], [4, 3, 2]), Regular([3, 3], [2, 3, 2]), Regular([2, 2], [2]), Regular([1, 1], [1, 4]), Regular([2, 18, 18], [2, 18, 1]),
        ],
        PyTorch = "torch.linalg.solve",
    };

    static Sample Regular(int[] a, int[] b) => new(a, b) { Low = -1, High = 1, Diagonal = -3 };

    public bool IsTransposed { get; } = transposed;
    public override string Name => "solve";
    public override string Attributes => IsTransposed ? "transposed" : "";

    /// <summary>op(a)⁻¹ b, for [batch, n, n] and [batch, n, m].</summary>
    public static Node Of(Node a, Node b, bool transposed = false) => a.Graph.Add(new Solve(transposed), a, LuFactors.Of(a), b);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => inputs[2];

    public override TimeAxis? Follow(TimeFlow flow) => Matrices.Follow(flow);

    // dB = op(A)⁻ᵀ dX and d op(A) = -dB Xᵀ.
    public override void Backward(Vjp vjp)
    {
        var db = Of(vjp.X, vjp.Dy, !IsTransposed);
        vjp.Add(2, db);
        vjp.Add(0, -(IsTransposed ? Matrices.Product(vjp.Y, db, transposeB: true) : Matrices.Product(db, vjp.Y, transposeB: true)));
    }

    // From the matrix alone, without its factors: rows are eliminated below and above (Gauss and Jordan).
    public override NdArray Reference(ReferenceCall call) => Matrices.Each(call.ResultShape, batch =>
    {
        double[,] given = Matrices.Of(call[0], batch), x = Matrices.Of(call[2], batch);
        int n = x.GetLength(0), m = x.GetLength(1);
        var a = new double[n, n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) a[i, j] = IsTransposed ? given[j, i] : given[i, j];
        for (int k = 0; k < n; k++)
        {
            int pivot = Enumerable.Range(k, n - k).OrderByDescending(i => Math.Abs(a[i, k])).First();
            if (a[pivot, k] == 0) return null;
            for (int j = 0; j < n; j++) (a[k, j], a[pivot, j]) = (a[pivot, j], a[k, j]);
            for (int j = 0; j < m; j++) (x[k, j], x[pivot, j]) = (x[pivot, j], x[k, j]);
            for (int i = 0; i < n; i++)
            {
                double factor = i == k ? 0 : a[i, k] / a[k, k];
                for (int j = 0; j < n; j++) a[i, j] -= factor * a[k, j];
                for (int j = 0; j < m; j++) x[i, j] -= factor * x[k, j];
            }
        }
        for (int i = 0; i < n; i++)
            for (int j = 0; j < m; j++) x[i, j] /= a[i, i];
        return x;
    });

    public override KernelCall Kernel(Node y) => new()
    {
        Method = "Lu.Solve",
        Label = $"Solve {y.Shape[1]}",
        ShapeType = "SystemShape",
        Options = [IsTransposed ? "true" : "false"],
        Operands = [1, 2],
        Shape = Matrices.KernelShape(y.Inputs[0].Shape, y.Shape[2]),
        MultiplyAdds = y.Shape.Elements * y.Shape[1],
    };
}
