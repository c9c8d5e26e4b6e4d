using System.Globalization;

namespace ModelGen.Compiler.Ops;

/// <summary>
/// y[..., t, s] = s ≤ position[t] ? x[..., t, s] : fill: what a query may look at is itself and what lies before it. Inputs x [..., T, S] and the
/// queries' positions [T, 1].
/// </summary>
internal sealed class CausalMask(double fill) : ElementwiseOp
{
    public double Fill { get; } = fill;
    public override string Name => "causal_mask";
    public override string Attributes => Fill.ToString("R", CultureInfo.InvariantCulture);

    /// <param name="x">Scores, [..., T, S].</param>
    /// <param name="fill">What stands where a query must not look: -∞ before a softmax.</param>
    public static Node Of(Node x, double fill)
    {
        var length = x.Shape[x.Shape.Rank - 2];
        var positions = Reshape.Of(Arange.Of(x.Graph, length, x.DType), new Shape([length, Dim.One]));
        return x.Graph.Add(new CausalMask(fill), x, positions);
    }

    public override bool UsesCoordinate => true;

    public override Scalar Forward(IReadOnlyList<Scalar> x) => Scalar.Select(Scalar.LessOrEqual(new Scalar.Coordinate(), x[1]), x[0], Fill);

    // What was masked has no influence; positions are constants.
    public override void Backward(Vjp vjp) => vjp.Add(0, vjp.Graph.Add(new CausalMask(0), vjp.Dy, vjp.Input(1)));

    public override double Reference(IReadOnlyList<double> x, int coordinate) => coordinate <= x[1] ? x[0] : Fill;
}
