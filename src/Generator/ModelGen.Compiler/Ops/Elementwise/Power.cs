namespace ModelGen.Compiler.Ops;

/// <summary>
/// y = a to the power of b, with broadcasting. a⁰ is 1 everywhere. Of a negative a only whole powers are numbers. The gradients are those of PyTorch: none flows to the base where the
/// exponent is 0, and none to the exponent where the base is 0.
/// </summary>
internal sealed class Power : BinaryOp
{
    public static readonly Power Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Binary("Power", "a to the power of b, elementwise, with broadcasting; a negative a needs a whole b.", Instance,
        new Sample([4, 9], [4, 9]) { Low = 0.3 }, new Sample([2, 1, 5], [3, 1]) { Low = 0.3 }).As("torch.pow");

    public override string Name => "power";
    public override string Spelling => "Power";

    // Vector implementations of pow go through log(a), so the sign is put back.
    public override Scalar Forward(Scalar a, Scalar b)
    {
        var power = Scalar.Pow(Scalar.Abs(a), b);
        var odd = Scalar.Equal(b - 2 * Scalar.Floor(b / 2), 1);
        var ofNegative = Scalar.Select(Scalar.Equal(b, Scalar.Floor(b)), Scalar.Select(odd, -power, power), Scalar.Sqrt(a));
        return Scalar.Select(Scalar.Equal(b, 0), 1, Scalar.Select(Scalar.Less(a, 0), ofNegative, power));
    }

    public override void Backward(Vjp vjp)
    {
        Node a = vjp.Input(0), b = vjp.Input(1), zero = vjp.Dy.Graph.Constant(0, vjp.Dy.DType), one = vjp.Dy.Graph.Constant(1, vjp.Dy.DType);
        vjp.AddBroadcast(0, vjp.Dy * Where.Of(Equal.Of(b, zero), zero, b * Of(a, b - one)));
        var logarithm = Where.Of(Equal.Of(a, zero), zero, Log.Of(Where.Of(Equal.Of(a, zero), one, a)));
        vjp.AddBroadcast(1, vjp.Dy * vjp.Y * logarithm);
    }

    public static Node Of(Node a, Node b) => a.Graph.Add(Instance, a, b);

    public override double Reference(double a, double b) => Math.Pow(a, b);
}
