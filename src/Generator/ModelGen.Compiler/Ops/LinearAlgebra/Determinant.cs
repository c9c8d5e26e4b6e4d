namespace ModelGen.Compiler.Ops;

/// <summary>The determinants of matrices [batch, n, n], or ln |det A|, from their <see cref="LuFactors"/>: [batch].</summary>
internal sealed class Determinant(bool logarithm) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Determinant",
        Summary = "The determinants of square matrices: [..., n, n] → [...]. The gradient, det(x) · x⁻ᵀ, is NaN where a matrix is singular.",
        Parameters = [SurfaceParameter.Tensor("x", "the matrices, [..., n, n]")],
        Build = call => Of(call, logarithm: false),
        Samples = Samples,
        PyTorch = "torch.linalg.det",
    };

    public static readonly TensorMethod Logarithm = new()
    {
        Name = "LogDeterminant",
        Summary = "ln |det x| of square matrices, without overflow: [..., n, n] → [...]; -∞ where a matrix is singular. Its gradient is x⁻ᵀ.",
        Parameters = [SurfaceParameter.Tensor("x", "the matrices, [..., n, n]")],
        Build = call => Of(call, logarithm: true),
        Samples = Samples,
        PyTorch = "torch.linalg.slogdet(x)[1]",
    };

    static IReadOnlyList<Sample> Samples => [new([4, 4]) { Low = -1, High = 1, Diagonal = 2 }, new([2, 3, 3, 3]) { Low = -1, High = 1, Diagonal = -2 }, new([3, 1, 1]) { Low = 1, High = 2 }, new([2, 2]) { Low = 1, High = 2, Diagonal = -4 }];

    static Node Of(Call call, bool logarithm)
    {
        var x = call.Tensor("x");
        Matrices.RequireSquare(call.Method, x);
        var a = Matrices.Flat(x);
        return Reshape.Of(x.Graph.Add(new Determinant(logarithm), a, LuFactors.Of(a)), new Shape(x.Shape.Take(x.Shape.Rank - 2)));
    }

    public bool IsLogarithm { get; } = logarithm;
    public override string Name => "determinant";
    public override string Attributes => IsLogarithm ? "logarithm" : "";

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(inputs[0].DType, new Shape(inputs[0].Shape[0]));

    public override TimeAxis? Follow(TimeFlow flow) => Matrices.Follow(flow);

    // d ln |det A| = A⁻ᵀ (C. G. J. Jacobi).
    public override void Backward(Vjp vjp)
    {
        var each = IsLogarithm ? vjp.Dy : vjp.Dy * vjp.Y;
        vjp.Add(0, Reshape.Of(each, new Shape(vjp.X.Shape[0], Dim.One, Dim.One)) * Inverse.Of(vjp.X, transposed: true));
    }

    // By elimination of the matrix itself, which needs no factors.
    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        for (int b = 0; b < y.Length; b++)
        {
            var lu = LuFactors.Factors(Matrices.Of(call[0], b));
            int n = lu.GetLength(1);
            double product = 1, sum = 0;
            for (int i = 0; i < n; i++)
            {
                product *= lu[n, i] == i ? lu[i, i] : -lu[i, i];
                sum += Math.Log(Math.Abs(lu[i, i]));
            }
            y.Data[b] = IsLogarithm ? sum : product;
        }
        return y;
    }

    public override KernelCall Kernel(Node y) => new()
    {
        Method = "Lu.Determinant",
        Label = IsLogarithm ? "LogDeterminant" : "Determinant",
        ShapeType = "SystemShape",
        Options = [IsLogarithm ? "true" : "false"],
        Operands = [1],
        Shape = Matrices.KernelShape(y.Inputs[0].Shape, Dim.Zero),
    };
}
