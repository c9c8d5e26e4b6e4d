namespace ModelGen.Compiler.Ops;

/// <summary>
/// Uniform numbers in [0, 1), new ones each training step: element i depends only on the model's seed, the step, the stream and i
/// (see <see cref="Philox"/>).
/// </summary>
internal sealed class RandomUniform(Shape shape, ulong stream, DType type) : KernelOp
{
    public Shape Shape { get; } = shape;
    public ulong Stream { get; } = stream;
    public DType Type { get; } = type;
    public override string Name => "random_uniform";
    public override string Attributes => $"{Shape} {Type} stream={Stream.ToString("x16", System.Globalization.CultureInfo.InvariantCulture)}";

    public static Node Of(Graph graph, Shape shape, ulong stream, DType type) => graph.Add(new RandomUniform(shape, stream, type));

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(Type, Shape);

    // It depends on nothing that is differentiated.
    public override void Backward(Vjp vjp) { }

    public override NdArray Reference(ReferenceCall call)
    {
        var y = new NdArray(call.ResultShape);
        for (int i = 0; i < y.Length; i++) y.Data[i] = call.Random(Stream, i);
        return y;
    }

    public override KernelCall Kernel(Node y) => new()
    {
        Method = "RandomFill.Uniform",
        Label = "RandomUniform",
        ShapeType = "RandomShape",
        Shape = [("Count", Shape.Elements)],
        RandomStream = Stream,
    };
}
