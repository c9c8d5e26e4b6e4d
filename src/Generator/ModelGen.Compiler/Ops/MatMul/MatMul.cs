namespace ModelGen.Compiler.Ops;

/// <summary>
/// Y = op(A) op(B), where op may swap the last two axes: [M, K] x [K, N] → [M, N], or [B, M, K] x [B, K, N] → [B, M, N].
/// </summary>
internal sealed class MatMul(bool transposeA, bool transposeB) : KernelOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "MatMul",
        Summary = "The matrix product over the last two axes, [..., M, K] x [..., K, N] → [..., M, N]; leading axes broadcast. Vectors are rows on the left and columns on the right, as in NumPy.",
        Parameters = [SurfaceParameter.Tensor("a", "the left matrix, [..., M, K] or [K]"), SurfaceParameter.Tensor("b", "the right matrix, [..., K, N] or [K]")],
        Build = call => Of(call.Tensor("a"), call.Tensor("b")),
        Samples =
        [
            new([3, 4], [4, 5]), new([1, 17], [17, 33]), new([2, 3, 4], [2, 4, 5]), new([2, 3, 4], [4, 5]), new([5], [5]), new([2, 5], [5]), new([5], [5, 3]),
            new([2, 1, 3, 4], [5, 4, 2]),
        ],
        PyTorch = "torch.matmul",
    };

    public bool TransposeA { get; } = transposeA;
    public bool TransposeB { get; } = transposeB;
    public override string Name => "mat_mul";
    public override bool IsFactor(int input) => true;
    public override string Attributes => (TransposeA ? "Aᵀ" : "A") + (TransposeB ? "Bᵀ" : "B");

    /// <summary>NumPy's matmul, brought to one or no batch axis.</summary>
    public static Node Of(Node a, Node b)
    {
        Shape x = a.Shape, y = b.Shape;
        if (x.Rank == 0 || y.Rank == 0) throw new ModelException(Rules.MatMulSizes, $"'MatMul' needs at least one axis on both sides, but was given {x} and {y}; multiply by a scalar with '*'.");
        var k = x[x.Rank - 1];
        var rows = y[Math.Max(0, y.Rank - 2)];
        if (k != rows) throw new ModelException(Rules.MatMulSizes,
            $"'MatMul' of {x} and {y}: the last axis on the left has {k} elements, but the matching axis on the right has {rows}; they must be equal{Hint(x, y).Text}.")
            {
                Repair = Hint(x, y).Repair,
            };
        if (x.Rank == 1) return Squeeze(Of(Reshape.Of(a, new Shape(Dim.One, k)), b), fromEnd: y.Rank == 1 ? 1 : 2);
        if (y.Rank == 1) return Squeeze(Of(a, Reshape.Of(b, new Shape(k, Dim.One))), fromEnd: 1);

        var (m, n) = (x[x.Rank - 2], y[y.Rank - 1]);
        // One right matrix for all: the leading axes of the left are just more rows.
        if (y.Rank == 2)
        {
            var flat = a.Graph.Add(new MatMul(false, false), Reshape.Of(a, new Shape(x.Product(0, x.Rank - 1), k)), b);
            return Reshape.Of(flat, new Shape(x.Take(x.Rank - 1).Append(n)));
        }
        // A transposed right side is a stride, not a copy; behind the reshape below no pass would see it.
        if (b.Op is Permute { Axes: var axes } && axes.SequenceEqual(Swapped(y.Rank))) return Batched(a, b.Inputs[0], transposeB: true, m, k, n);
        return Batched(a, b, transposeB: false, m, k, n);
    }

    static Node Batched(Node a, Node b, bool transposeB, Dim m, Dim k, Dim n)
    {
        Shape x = a.Shape, y = b.Shape;
        var batch = Broadcasting.Combine("MatMul", new Shape(x.Take(x.Rank - 2)), new Shape(y.Take(y.Rank - 2)));
        Shape matrix = transposeB ? new(n, k) : new(k, n);
        Node left = BroadcastTo.Of(a, new Shape(batch.Append(m).Append(k))), right = BroadcastTo.Of(b, new Shape(batch.Concat(matrix)));
        var product = a.Graph.Add(new MatMul(false, transposeB), Reshape.Of(left, new Shape(batch.Elements, m, k)), Reshape.Of(right, new Shape(matrix.Prepend(batch.Elements))));
        return Reshape.Of(product, new Shape(batch.Append(m).Append(n)));
    }

    // A forgotten transposition is the usual mistake: the side is named whose transpose fits.
    static (string Text, Repair? Repair) Hint(Shape x, Shape y)
    {
        if (y.Rank >= 2 && y[y.Rank - 1] == x[x.Rank - 1]) return ($"; the transpose of the right side fits: .Transpose() makes it {y.Permuted(Swapped(y.Rank))}", Repair.Append("b", ".Transpose()"));
        if (x.Rank >= 2 && x[x.Rank - 2] == y[Math.Max(0, y.Rank - 2)]) return ($"; the transpose of the left side fits: .Transpose() makes it {x.Permuted(Swapped(x.Rank))}", Repair.Append("a", ".Transpose()"));
        return ("", null);
    }

    static int[] Swapped(int rank) => [.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2];

    static Node Squeeze(Node y, int fromEnd) => Reshape.Of(y, new Shape(y.Shape.Where((_, i) => i != y.Shape.Rank - fromEnd)));

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var (a, b) = (inputs[0].Shape, inputs[1].Shape);
        var (m, k) = Matrix(a, TransposeA);
        var (k2, n) = Matrix(b, TransposeB);
        if (a.Rank != b.Rank || a.Rank is < 2 or > 3 || k != k2 || (a.Rank == 3 && a[0] != b[0])) throw new ModelException(Rules.MatMulSizes,
            $"'MatMul' cannot multiply {a} by {b}.");
        return new TensorType(inputs[0].DType, a.Rank == 3 ? new Shape(a[0], m, n) : new Shape(m, n));
    }

    static (Dim Rows, Dim Columns) Matrix(Shape s, bool transposed) =>
        transposed ? (s[s.Rank - 1], s[s.Rank - 2]) : (s[s.Rank - 2], s[s.Rank - 1]);

    // Positions may be rows of A, columns of B or products of a batch; a product sums over none of them.
    public override TimeAxis? Follow(TimeFlow flow)
    {
        int rank = flow.Y.Shape.Rank;
        int rows = TransposeA ? rank - 1 : rank - 2, columns = TransposeB ? rank - 2 : rank - 1;
        return flow.Inputs switch
        {
            [{ } a, null] when a.Axis == rows => a with { Axis = rank - 2 },
            [null, { } b] when b.Axis == columns => b with { Axis = rank - 1 },
            [{ Axis: 0 } a, var b] when rank == 3 && (b is null || a == b) => a,
            _ => null,
        };
    }

    public override void Backward(Vjp vjp)
    {
        Node a = vjp.Input(0), b = vjp.Input(1), dy = vjp.Dy;
        // dA = dY op(B)ᵀ and dB = op(A)ᵀ dY, transposed where the input was.
        vjp.Add(0, TransposeA ? Product(b, dy, TransposeB, true) : Product(dy, b, false, !TransposeB));
        vjp.Add(1, TransposeB ? Product(dy, a, true, TransposeA) : Product(a, dy, !TransposeA, false));
    }

    static Node Product(Node a, Node b, bool transposeA, bool transposeB) => a.Graph.Add(new MatMul(transposeA, transposeB), a, b);

    public override NdArray Reference(ReferenceCall call)
    {
        var (a, b) = (call[0], call[1]);
        var y = new NdArray(call.ResultShape);
        int batches = y.Rank == 3 ? y.Shape[0] : 1, m = y.Shape[y.Rank - 2], n = y.Shape[y.Rank - 1];
        int k = TransposeA ? a.Shape[a.Rank - 2] : a.Shape[a.Rank - 1];
        for (int batch = 0, o = 0; batch < batches; batch++)
            for (int i = 0; i < m; i++)
                for (int j = 0; j < n; j++, o++)
                    for (int l = 0; l < k; l++)
                        y.Data[o] += a.Data[(batch * m * k) + (TransposeA ? (l * m) + i : (i * k) + l)] * b.Data[(batch * k * n) + (TransposeB ? (j * k) + l : (l * n) + j)];
        return y;
    }

    public override KernelCall Kernel(Node y)
    {
        var (a, b) = (y.Inputs[0].Shape, y.Inputs[1].Shape);
        var (m, k) = Matrix(a, TransposeA);
        var n = Matrix(b, TransposeB).Columns;
        var batch = a.Rank == 3 ? a[0] : Dim.One;
        return new KernelCall
        {
            Method = "MatMul.Run",
            Label = $"MatMul {k}→{n}",
            ShapeType = "MatMulShape",
            Shape =
            [
                ("Batch", batch), ("M", m), ("N", n), ("K", k),
                ("ABatch", m * k), ("ARow", TransposeA ? Dim.One : k), ("AColumn", TransposeA ? m : Dim.One),
                ("BBatch", k * n), ("BRow", TransposeB ? Dim.One : n), ("BColumn", TransposeB ? k : Dim.One),
                ("CBatch", m * n), ("CRow", n),
            ],
            Epilogue = (batch, m, n),
            Update = batch.IsOne ? "MatMul.Update" : null,
            MultiplyAdds = batch * m * n * k,
        };
    }
}
