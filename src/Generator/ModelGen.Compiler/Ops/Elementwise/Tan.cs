namespace ModelGen.Compiler.Ops;

/// <summary>y = tan x = sin x / cos x.</summary>
internal sealed class Tan : UnaryOp
{
    public static readonly Tan Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Tan", "The tangent, elementwise; x in radians.", Instance, new Sample([4, 9]) { Low = -1.2, High = 1.2 }, new Sample([7]) { Low = 2, High = 4 }).As("torch.tan");

    public override string Name => "tan";
    public override string Spelling => "Tan";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => Scalar.Sin(x) / Scalar.Cos(x);

    public override Node Gradient(Vjp vjp) => vjp.Dy * (1 + Square.Of(vjp.Y));

    public override double Reference(double x) => Math.Tan(x);
}
