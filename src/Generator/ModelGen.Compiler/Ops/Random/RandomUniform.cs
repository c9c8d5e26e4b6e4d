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

    /// <summary>What the documentation of every method that draws says.</summary>
    public const string Meaning =
        "Each call draws numbers of its own, new ones in each training step; they depend on nothing but the model's seed, the number of the step, the call's place in the method, and the element.";

    public static Node Of(Graph graph, Shape shape, ulong stream, DType type) => graph.Add(new RandomUniform(shape, stream, type));

    /// <summary>Numbers of the next stream of the graph: no two draws are the same.</summary>
    public static Node Draw(Graph graph, Shape shape, DType type) => Of(graph, shape, graph.NextStream(), type);

    /// <summary>Only floating-point numbers are drawn.</summary>
    public static void RequireFloat(string method, Node x)
    {
        if (!x.DType.IsFloat()) throw new ModelException(Rules.ElementType, $"'{method}' draws floating-point numbers, but was given {x.Type}.");
    }

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
