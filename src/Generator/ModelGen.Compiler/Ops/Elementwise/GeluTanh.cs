namespace ModelGen.Compiler.Ops;

/// <summary>y = ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))   (the tanh approximation of GELU).</summary>
internal sealed class GeluTanh : UnaryOp
{
    public static readonly GeluTanh Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("GeluTanh", "The tanh approximation of GELU, elementwise.", Instance, new Sample([4, 9]), new Sample([2, 3, 5])).As("torch.nn.functional.gelu");

    public override string Name => "gelu_tanh";
    public override string Spelling => "GeluTanh";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    const double RootTwoOverPi = 0.79788456080286536;
    const double Cubic = 0.044715;

    public override Scalar Forward(Scalar x) => 0.5 * x * (1 + Scalar.Tanh(x * (RootTwoOverPi + (RootTwoOverPi * Cubic * (x * x)))));

    // With u the argument of tanh: dy/dx = ½ (1 + t) + ½ x (1 - t²) du/dx
    public override Node Gradient(Vjp vjp)
    {
        var x = vjp.X;
        var square = x * x;
        var t = Tanh.Of(x * (RootTwoOverPi + (RootTwoOverPi * Cubic * square)));
        var slope = RootTwoOverPi + (3 * RootTwoOverPi * Cubic * square);
        return vjp.Dy * (0.5 * (1 + t) + (0.5 * x * (1 - (t * t)) * slope));
    }

    public override double Reference(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));
}
