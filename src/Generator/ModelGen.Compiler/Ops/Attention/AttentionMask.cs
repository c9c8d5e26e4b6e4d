using System.Globalization;

namespace ModelGen.Compiler.Ops;

/// <summary>
/// y[..., t, s] = x[..., t, s] where the query at position t may look at the key at position s, else fill. Causal: s ≤ t. With a window: |t - s| &lt; window.
/// Inputs x [..., T, S] and the queries' positions [T, 1].
/// </summary>
internal sealed class AttentionMask(bool causal, int window, double fill) : ElementwiseOp
{
    public bool Causal { get; } = causal;

    /// <summary>How near a key must be; 0 for any distance.</summary>
    public int Window { get; } = window;
    public double Fill { get; } = fill;
    public override string Name => Window > 0 ? "window_mask" : "causal_mask";
    public override string Attributes => $"{(Causal ? "causal " : "")}{(Window > 0 ? "window=" + Window.ToString(CultureInfo.InvariantCulture) + " " : "")}{Fill.ToString("R", CultureInfo.InvariantCulture)}";

    /// <param name="x">Scores, [..., T, S].</param>
    /// <param name="causal">Whether a query sees nothing behind its own position.</param>
    /// <param name="window">How near a key must be; 0 for any distance.</param>
    /// <param name="fill">What stands where a query must not look: -∞ before a softmax.</param>
    public static Node Of(Node x, bool causal, int window, double fill)
    {
        if (!causal && window == 0) return x;
        var length = x.Shape[x.Shape.Rank - 2];
        var positions = Reshape.Of(Arange.Of(x.Graph, length, x.DType), new Shape([length, Dim.One]));
        return x.Graph.Add(new AttentionMask(causal, window, fill), x, positions);
    }

    public override bool UsesCoordinate => true;

    public override Scalar Forward(IReadOnlyList<Scalar> x)
    {
        var (key, result) = (new Scalar.Coordinate(), x[0]);
        if (Causal) result = Scalar.Select(Scalar.LessOrEqual(key, x[1]), result, Fill);
        else if (Window > 0) result = Scalar.Select(Scalar.Less(key, x[1] + Window), result, Fill);
        return Window > 0 ? Scalar.Select(Scalar.Greater(key, x[1] - Window), result, Fill) : result;
    }

    // What was masked has no influence; positions are constants.
    public override void Backward(Vjp vjp) => vjp.Add(0, vjp.Graph.Add(new AttentionMask(Causal, Window, 0), vjp.Dy, vjp.Input(1)));

    public override double Reference(IReadOnlyList<double> x, int coordinate) =>
        (Causal && coordinate > x[1]) || (Window > 0 && Math.Abs(coordinate - x[1]) >= Window) ? Fill : x[0];
}
