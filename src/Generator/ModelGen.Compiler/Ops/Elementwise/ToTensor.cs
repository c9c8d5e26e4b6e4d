namespace ModelGen.Compiler.Ops;

/// <summary>y = x, integers as floating-point numbers.</summary>
internal sealed class ToTensor(DType type) : ElementwiseOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "ToTensor",
        Summary = "The integers as numbers of the model's element type, exact up to 2²⁴ in float32. No gradient flows through them.",
        Parameters = [SurfaceParameter.IntTensor("x", "the integers, of any shape")],
        Build = call => Of(call.Tensor("x")),
        Samples = [new([4, 9]), new Sample([3, 1, 5]) { Classes = 100, LowestClass = -100 }],
        PyTorch = "torch.Tensor.to",
    };

    public DType Type { get; } = type;
    public override string Name => "to_tensor";
    public override string Spelling => "ToTensor";
    public override string Attributes => Type.ToString();

    /// <summary>Numbers of the graph's element type.</summary>
    public static Node Of(Node x) => x.Graph.Add(new ToTensor(x.Graph.Precision), x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(Type, inputs[0].Shape);

    public override Scalar Forward(IReadOnlyList<Scalar> x) => x[0];

    public override void Backward(Vjp vjp) { }

    public override double Reference(IReadOnlyList<double> x, int coordinate) => x[0];
}
