namespace ModelGen.Compiler.Ops;

/// <summary>y[i] = i: 0, 1, 2, ... as real numbers, for positions and masks. Exact up to 2²⁴ in float32.</summary>
internal sealed class Arange(Dim count, DType type) : ElementwiseOp
{
    public Dim Count { get; } = count;
    public DType Type { get; } = type;
    public override string Name => "arange";
    public override string Attributes => $"{Count} {Type}";

    public static Node Of(Graph graph, Dim count, DType type) => graph.Add(new Arange(count, type));

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(Type, new Shape([Count]));

    public override bool UsesCoordinate => true;

    public override Scalar Forward(IReadOnlyList<Scalar> x) => new Scalar.Coordinate();

    // It depends on nothing.
    public override void Backward(Vjp vjp) { }

    public override double Reference(IReadOnlyList<double> x, int coordinate) => coordinate;
}
