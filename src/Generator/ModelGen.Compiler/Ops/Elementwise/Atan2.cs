namespace ModelGen.Compiler.Ops;

/// <summary>
/// y = the angle of the point (x, y) in (-π, π], with broadcasting: atan(y / x), corrected in the left half plane and on the axes. The angle of (0, 0) is 0.
/// </summary>
internal sealed class Atan2 : BinaryOp
{
    public static readonly Atan2 Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Binary("Atan2", "The angle of the point (b, a) in (-π, π], elementwise, with broadcasting: atan(a / b) in the right quadrant.", Instance,
        new([4, 9], [4, 9]), new([2, 1, 5], [3, 1])).As("torch.atan2");

    public override string Name => "atan2";
    public override string Spelling => "Atan2";

    public override Scalar Forward(Scalar y, Scalar x)
    {
        var angle = Scalar.Atan(y / x);
        var left = angle + Scalar.Select(Scalar.Less(y, 0), -Math.PI, Math.PI);
        var upright = Scalar.Select(Scalar.Greater(y, 0), Math.PI / 2, Scalar.Select(Scalar.Less(y, 0), -Math.PI / 2, y * 0));
        return Scalar.Select(Scalar.Equal(x, 0), upright, Scalar.Select(Scalar.Less(x, 0), left, angle));
    }

    // d = (x dy - y dx) / (x² + y²)
    public override void Backward(Vjp vjp)
    {
        Node y = vjp.Input(0), x = vjp.Input(1);
        var share = vjp.Dy / (Square.Of(x) + Square.Of(y));
        vjp.AddBroadcast(0, share * x);
        vjp.AddBroadcast(1, -(share * y));
    }

    public override double Reference(double y, double x) => x == 0 && y == 0 ? 0 : Math.Atan2(y, x);
}
