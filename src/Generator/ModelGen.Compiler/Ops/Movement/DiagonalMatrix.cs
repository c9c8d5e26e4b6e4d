namespace ModelGen.Compiler.Ops;

/// <summary>y[..., i, i + offset] = x[..., i], or y[..., i - offset, i] for a negative one, and 0 elsewhere. Its gradient is <see cref="Diagonal"/>.</summary>
/// <param name="offset">Which diagonal.</param>
/// <param name="rows">Rows of the matrices.</param>
/// <param name="columns">Columns of the matrices.</param>
internal sealed class DiagonalMatrix(int offset, Dim rows, Dim columns) : MovementOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "DiagonalMatrix",
        Summary = "Square matrices with x on their main diagonal, or on another one, and 0 elsewhere: [..., n] → [..., n, n], for a constant n.",
        Parameters = [SurfaceParameter.Tensor("x", "the diagonals"), SurfaceParameter.Int("offset", "which diagonal: 0 the main one, positive ones above it, negative ones below; the matrices are larger by as much", 0)],
        Build = call =>
        {
            var x = call.Tensor("x");
            int offset = call.Int("offset");
            if (x.Shape.Rank < 1 || !x.Shape[x.Shape.Rank - 1].IsConstant) throw new ModelException(Rules.Rank, $"'DiagonalMatrix' takes diagonals [..., n] of a constant size, but was given {x.Shape}.");
            var size = x.Shape[x.Shape.Rank - 1] + Math.Abs(offset);
            return Of(x, offset, new Shape(x.Shape.Take(x.Shape.Rank - 1).Append(size).Append(size)));
        },
        Samples = [new([4]), new Sample([2, 3]).With("offset", 1), new Sample([2, 1, 3]).With("offset", -2)],
        PyTorch = "torch.diag_embed",
    };

    public int Offset { get; } = offset;
    public Dim Rows { get; } = rows;
    public Dim Columns { get; } = columns;
    public override string Name => "diagonal_matrix";
    public override string Attributes => $"{Offset} {Rows}x{Columns}";

    public static Node Of(Node x, int offset, Shape matrices) => x.Graph.Add(new DiagonalMatrix(offset, matrices[matrices.Rank - 2], matrices[matrices.Rank - 1]), x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var x = inputs[0].Shape;
        return new TensorType(inputs[0].DType, new Shape(x.Take(x.Rank - 1).Append(Rows).Append(Columns)));
    }

    public override bool LeavesGaps => true;

    public override IReadOnlyList<Piece> Pieces(Node y)
    {
        var x = y.Inputs[0].Shape;
        var (first, step) = Diagonal.Layout(y.Shape, Offset);
        return [new Piece(0, x.ToArray(), DenseStrides(x), Dim.Zero, DenseStrides(y.Shape).Take(x.Rank - 1).Append(step).ToArray(), first)];
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.X.Axis < flow.Y.Inputs[0].Shape.Rank - 1 ? flow.X : null;

    public override void Backward(Vjp vjp) => vjp.Add(0, Diagonal.Of(vjp.Dy, Offset));

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        int n = 0;
        foreach (var index in call[0].Indices())
        {
            int i = index[index.Length - 1];
            y[[.. index.Take(index.Length - 1), i + Math.Max(0, -Offset), i + Math.Max(0, Offset)]] = call[0].Data[n++];
        }
        return y;
    }
}
