using System.Globalization;

namespace ModelGen.Compiler.Ops;

/// <summary>y[b, ..., s] = x[b, ..., s] for s &lt; length[b], else fill: the keys of padded sequences. Inputs x [B, ..., S] and lengths [B, 1, ..., 1], integers.</summary>
internal sealed class LengthMask(double fill) : ElementwiseOp
{
    public double Fill { get; } = fill;
    public override string Name => "length_mask";
    public override string Attributes => Fill.ToString("R", CultureInfo.InvariantCulture);

    /// <param name="x">Scores, [B, ..., S].</param>
    /// <param name="lengths">[B].</param>
    /// <param name="fill">What stands behind the end of a sequence.</param>
    public static Node Of(Node x, Node lengths, double fill) =>
        x.Graph.Add(new LengthMask(fill), x, Reshape.Of(lengths, new Shape(lengths.Shape.Concat(Enumerable.Repeat(Dim.One, x.Shape.Rank - 1)))));

    public override bool UsesCoordinate => true;

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        if (!inputs[0].DType.IsFloat() || inputs[1].DType != DType.Int32) throw new ModelException(Rules.ElementType,
            $"'{Name}' needs a floating-point tensor and an integer for each of its sequences, but was given {inputs[0]} and {inputs[1]}.");
        return new TensorType(inputs[0].DType, Broadcasting.Combine(Name, inputs[0].Shape, inputs[1].Shape));
    }

    public override (int Input, Dim Bound)? IndexBound(Node y) => (1, y.Shape[y.Shape.Rank - 1] + 1);

    public override Scalar Forward(IReadOnlyList<Scalar> x) => Scalar.Select(Scalar.Less(new Scalar.Coordinate(), x[1]), x[0], Fill);

    public override void Backward(Vjp vjp) => vjp.AddBroadcast(0, vjp.Graph.Add(new LengthMask(0), vjp.Dy, vjp.Input(1)));

    public override double Reference(IReadOnlyList<double> x, int coordinate) => coordinate < x[1] ? x[0] : Fill;
}
