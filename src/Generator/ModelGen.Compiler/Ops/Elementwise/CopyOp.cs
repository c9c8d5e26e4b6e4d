namespace ModelGen.Compiler.Ops;

/// <summary>y = x in memory of its own. Each has a number, so that two copies of one value stay two.</summary>
internal sealed class CopyOp(int number) : UnaryOp
{
    public override string Name => "copy";
    public override string Attributes => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
    public override Scalar Forward(Scalar x) => x;
    public override Node Gradient(Vjp vjp) => vjp.Dy;
    public override double Reference(double x) => x;
}
