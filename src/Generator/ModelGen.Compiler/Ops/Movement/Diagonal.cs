namespace ModelGen.Compiler.Ops;

/// <summary>y[..., i] = x[..., i, i + offset], or x[..., i - offset, i] for a negative one: a diagonal of the matrices of the last two axes. Its gradient is <see cref="DiagonalMatrix"/>.</summary>
internal sealed class Diagonal(int offset) : MovementOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Diagonal",
        Summary = "A diagonal of the matrices of the last two axes, of constant sizes: [..., n, m] → [..., elements of the diagonal].",
        Parameters = [SurfaceParameter.Tensor("x", "matrices, [..., rows, columns]"), SurfaceParameter.Int("offset", "which diagonal: 0 the main one, positive ones above it, negative ones below", 0)],
        Build = call =>
        {
            var x = call.Tensor("x");
            int offset = call.Int("offset"), rank = x.Shape.Rank;
            if (rank < 2 || !x.Shape[rank - 2].IsConstant || !x.Shape[rank - 1].IsConstant) throw new ModelException(Rules.Rank, $"'Diagonal' takes matrices [..., rows, columns] of constant sizes, but was given {x.Shape}.");
            if (Length(x.Shape, offset) < 1) throw new ModelException(Rules.Argument,
                $"'Diagonal' of {x.Shape} has diagonals {1 - x.Shape[rank - 2].Value} to {x.Shape[rank - 1].Value - 1}, but 'offset' is {offset}.") { Argument = "offset", Repair = Repair.Set("offset", 0) };
            return Of(x, offset);
        },
        MovesIntegers = true,
        Samples = [new([4, 4]), new Sample([2, 3, 5]).With("offset", 1), new Sample([2, 2, 4, 3]).With("offset", -2)],
        PyTorch = "torch.diagonal",
    };

    public int Offset { get; } = offset;
    public override string Name => "diagonal";
    public override string Attributes => $"{Offset}";

    public static Node Of(Node x, int offset) => x.Graph.Add(new Diagonal(offset), x);

    static long Length(Shape x, int offset) => Math.Min(x[x.Rank - 2].Value + Math.Min(0, offset), x[x.Rank - 1].Value - Math.Max(0, offset));

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        var x = inputs[0].Shape;
        return new TensorType(inputs[0].DType, new Shape(x.Take(x.Rank - 2).Append((Dim)(int)Length(x, Offset))));
    }

    /// <summary>The elements of a diagonal in memory: how far it is to the first, and from one to the next.</summary>
    internal static (Dim First, Dim Step) Layout(Shape matrices, int offset)
    {
        var columns = matrices[matrices.Rank - 1];
        return (offset >= 0 ? offset : columns * -offset, columns + Dim.One);
    }

    public override IReadOnlyList<Piece> Pieces(Node y)
    {
        var x = y.Inputs[0].Shape;
        var (first, step) = Layout(x, Offset);
        return [new Piece(0, y.Shape.ToArray(), DenseStrides(x).Take(x.Rank - 2).Append(step).ToArray(), first, DenseStrides(y.Shape), Dim.Zero)];
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.X.Axis < flow.Y.Inputs[0].Shape.Rank - 2 ? flow.X : null;

    public override void Backward(Vjp vjp) => vjp.Add(0, DiagonalMatrix.Of(vjp.Dy, Offset, vjp.X.Shape));

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        int n = 0;
        foreach (var index in y.Indices())
        {
            int i = index[index.Length - 1];
            y.Data[n++] = call[0][[.. index.Take(index.Length - 1), i + Math.Max(0, -Offset), i + Math.Max(0, Offset)]];
        }
        return y;
    }
}
