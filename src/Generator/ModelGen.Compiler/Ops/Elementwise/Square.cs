namespace ModelGen.Compiler.Ops;

/// <summary>y = x².</summary>
internal sealed class Square : UnaryOp
{
    public static readonly Square Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("Square", "x times x, elementwise.", Instance, new Sample([4, 9]), new Sample([2, 3, 5])).As("torch.square");

    public override string Name => "square";
    public override string Spelling => "Square";

    public static Node Of(Node x) => x.Graph.Add(Instance, x);

    public override Scalar Forward(Scalar x) => x * x;

    public override Node Gradient(Vjp vjp) => vjp.Dy * (2 * vjp.X);

    public override double Reference(double x) => Math.Pow(x, 2);
}
