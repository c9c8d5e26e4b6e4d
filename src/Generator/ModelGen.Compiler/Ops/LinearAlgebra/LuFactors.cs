namespace ModelGen.Compiler.Ops;

/// <summary>
/// P A = L U with partial pivoting, for matrices [batch, n, n] → [batch, n + 1, n]: in the first n rows U, and below its diagonal L, whose own diagonal are ones; in the last row the
/// row that each row was exchanged with when its turn came. Only <see cref="Solve"/> and <see cref="Determinant"/> read it, and their gradients go to the matrix itself: so it
/// is computed once for the forward and the backward pass, and has no gradient of its own.
/// </summary>
internal sealed class LuFactors : KernelOp
{
    public static readonly LuFactors Instance = new();

    public override string Name => "lu_factors";

    public static Node Of(Node a) => a.Graph.Add(Instance, a);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(inputs[0].DType, inputs[0].Shape.With(1, inputs[0].Shape[1] + 1));

    public override TimeAxis? Follow(TimeFlow flow) => Matrices.Follow(flow);

    public override void Backward(Vjp vjp) => throw new InvalidOperationException("The ops that read the factors of a matrix give their gradient to the matrix.");

    public override NdArray Reference(ReferenceCall call) => Matrices.Each(call.ResultShape, batch => Factors(Matrices.Of(call[0], batch)));

    /// <summary>Gaussian elimination.</summary>
    internal static double[,] Factors(double[,] a)
    {
        int n = a.GetLength(1);
        var y = new double[n + 1, n];
        Array.Copy(a, y, n * n);
        for (int k = 0; k < n; k++)
        {
            int pivot = k;
            for (int i = k + 1; i < n; i++)
                if (Math.Abs(y[i, k]) > Math.Abs(y[pivot, k])) pivot = i;
            y[n, k] = pivot;
            for (int j = 0; j < n; j++) (y[k, j], y[pivot, j]) = (y[pivot, j], y[k, j]);
            for (int i = k + 1; i < n && y[k, k] != 0; i++)
            {
                y[i, k] /= y[k, k];
                for (int j = k + 1; j < n; j++) y[i, j] -= y[i, k] * y[k, j];
            }
        }
        return y;
    }

    public override KernelCall Kernel(Node y) => new()
    {
        Method = "Lu.Factor",
        Label = $"LuFactors {y.Shape[2]}",
        ShapeType = "SystemShape",
        Shape = Matrices.KernelShape(y.Shape, Dim.Zero),
        MultiplyAdds = y.Shape[0] * (y.Shape[2] * y.Shape[2] * y.Shape[2]).FloorDivide(3),
    };
}
