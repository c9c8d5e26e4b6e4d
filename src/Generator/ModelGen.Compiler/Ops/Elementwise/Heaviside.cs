using System.Globalization;

namespace ModelGen.Compiler.Ops;

/// <summary>y = 1 where x &gt; 0, 0 where x &lt; 0, and <see cref="AtZero"/> at 0 (the unit step; no gradient flows through it).</summary>
internal sealed class Heaviside(double atZero) : UnaryOp
{
    public double AtZero { get; } = atZero;
    public override string Name => "heaviside";
    public override string Attributes => AtZero.ToString("R", CultureInfo.InvariantCulture);

    public static Node Of(Node x, double atZero) => x.Graph.Add(new Heaviside(atZero), x);

    public override Scalar Forward(Scalar x) => Scalar.Select(Scalar.Greater(x, 0), 1, Scalar.Select(Scalar.Equal(x, 0), AtZero, 0));

    public override Node? Gradient(Vjp vjp) => null;

    public override double Reference(double x) => x > 0 ? 1 : x == 0 ? AtZero : 0;
}
