namespace ModelGen.Compiler.Ops;

/// <summary>
/// y = the nearest number of a format of 16 bits, ties to the even one; above the largest it is infinite. The gradient passes straight through, rounded alike, as that
/// of <c>x.to(torch.bfloat16).to(x.dtype)</c> does. A result is a float32 like any other; where it lies in memory, it takes 16 bits.
/// </summary>
/// <param name="format">The format.</param>
/// <param name="isWide">Whether the result has 32 bits in memory all the same: for a kernel that reads no other.</param>
internal sealed class RoundTo(DType format, bool isWide) : UnaryOp
{
    public DType Format { get; } = format;
    public bool IsWide { get; } = isWide;
    public override string Name => "round_to";
    public override string Attributes => (Format == DType.BFloat16 ? "bfloat16" : "float16") + (IsWide ? " wide" : "");

    public static Node Of(Node x, DType format, bool isWide = false) => x.Graph.Add(new RoundTo(format, isWide), x);

    public override Scalar Forward(Scalar x) => Scalar.RoundTo(x, Format);

    public override Node Gradient(Vjp vjp) => Of(vjp.Dy, Format);

    public override double Reference(double x) => NarrowFormat.Round(x, Format);
}
