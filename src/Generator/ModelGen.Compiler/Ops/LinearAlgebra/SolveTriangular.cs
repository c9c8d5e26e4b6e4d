namespace ModelGen.Compiler.Ops;

/// <summary>
/// X = op(T)⁻¹ B, where T is the lower or the upper triangle of A, and op may transpose: [batch, n, n] and [batch, n, m] → [batch, n, m]. A zero on the diagonal gives NaN.
/// </summary>
internal sealed class SolveTriangular(bool upper, bool transposed) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "SolveTriangular",
        Summary = "The solutions x of T x = b, or of Tᵀ x = b, where T is the lower or the upper triangle of matrices a [..., n, n]: [..., n, m] → [..., n, m], or [..., n] → [..., n]. Leading axes broadcast. A matrix with a zero on its diagonal gives NaN.",
        Parameters =
        [
            SurfaceParameter.Tensor("a", "the matrices, [..., n, n], of which one triangle counts"), SurfaceParameter.Tensor("b", "the right sides, [..., n, m] or [..., n]"),
            SurfaceParameter.Bool("upper", "true for the upper triangle, false for the lower one", false), SurfaceParameter.Bool("transposed", "true to solve with the transpose of the triangle", false),
        ],
        Build = call => Matrices.Solutions(call.Method, call.Tensor("a"), call.Tensor("b"), (a, b) => Of(a, b, call.Bool("upper"), call.Bool("transposed"))),
        Samples =
        [
            Regular([4, 4], [4, 3]), Regular([3, 5, 5], [3, 5]).With("upper", true), Regular([2, 3, 3], [3, 2]).With("transposed", true), Regular([3, 3], [4, 3, 2]).With("upper", true).With("transposed", true),
            Regular([1, 1], [1]), Regular([18, 18], [18, 2]),
        ],
        PyTorch = "torch.linalg.solve_triangular",
    };

    static Sample Regular(int[] a, int[] b) => new(a, b) { Low = -1, High = 1, Diagonal = 3 };

    public bool Upper { get; } = upper;
    public bool IsTransposed { get; } = transposed;
    public override string Name => "solve_triangular";
    public override string Attributes => (Upper ? "upper" : "lower") + (IsTransposed ? " transposed" : "");

    public static Node Of(Node a, Node b, bool upper, bool transposed) => a.Graph.Add(new SolveTriangular(upper, transposed), a, b);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => inputs[1];

    public override TimeAxis? Follow(TimeFlow flow) => Matrices.Follow(flow);

    // dB = op(T)⁻ᵀ dX and d op(T) = -dB Xᵀ, of which the triangle counts.
    public override void Backward(Vjp vjp)
    {
        var db = Of(vjp.Input(0), vjp.Dy, Upper, !IsTransposed);
        vjp.Add(1, db);
        vjp.Add(0, -Triangle.Of(IsTransposed ? Matrices.Product(vjp.Y, db, transposeB: true) : Matrices.Product(db, vjp.Y, transposeB: true), Upper));
    }

    public override NdArray Reference(ReferenceCall call) => Matrices.Each(call.ResultShape, batch =>
    {
        double[,] a = Matrices.Of(call[0], batch), x = Matrices.Of(call[1], batch);
        int n = x.GetLength(0);
        bool fromBelow = Upper != IsTransposed;
        for (int step = 0; step < n; step++)
        {
            int i = fromBelow ? n - 1 - step : step;
            if (a[i, i] == 0) return null;
            for (int j = 0; j < x.GetLength(1); j++)
            {
                for (int known = 0; known < step; known++)
                {
                    int k = fromBelow ? n - 1 - known : known;
                    x[i, j] -= (IsTransposed ? a[k, i] : a[i, k]) * x[k, j];
                }
                x[i, j] /= a[i, i];
            }
        }
        return x;
    });

    public override KernelCall Kernel(Node y) => new()
    {
        Method = "TriangularSystem.Run",
        Label = $"SolveTriangular {y.Shape[1]}",
        ShapeType = "SystemShape",
        Options = [Upper ? "true" : "false", IsTransposed ? "true" : "false"],
        Shape = Matrices.KernelShape(y.Inputs[0].Shape, y.Shape[2]),
        MultiplyAdds = y.Shape[0] * y.Shape[2] * (y.Shape[1] * y.Shape[1]).FloorDivide(2),
    };
}
