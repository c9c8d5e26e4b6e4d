using System.Globalization;

namespace ModelGen.Compiler.Ops;

/// <summary>y[i] = start + step · i, a vector; its input is the start.</summary>
internal sealed class Arange(Dim count, double step) : ElementwiseOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "Arange",
        Summary = "The vector start, start + step, start + 2·step, ... of count elements.",
        IsStatic = true,
        Parameters =
        [
            SurfaceParameter.Int("count", "how many elements"), SurfaceParameter.Float("start", "the first", 0), SurfaceParameter.Float("step", "the distance of two", 1),
        ],
        Build = call =>
        {
            var count = call.Size("count");
            if (count.IsConstant && count.Value < 1) throw new ModelException(Rules.Argument, $"'Arange' needs a count of at least 1, but it is {count}.") { Argument = "count" };
            return Of(call.Graph, count, call.Float("start"), call.Float("step"), call.Graph.Precision);
        },
        Samples = [new Sample().With("count", 7), new Sample().With("count", 5).With("start", -1.0).With("step", 0.25)],
        PyTorch = "torch.arange",
    };

    public Dim Size { get; } = count;
    public double Step { get; } = step;
    public override string Name => "arange";
    public override string Attributes => $"{Size} step={Step.ToString("R", CultureInfo.InvariantCulture)}";

    public static Node Of(Graph graph, Dim count, double start, double step, DType type) => graph.Add(new Arange(count, step), graph.Constant(start, type));

    /// <summary>0, 1, 2, ...: positions. Exact up to 2²⁴ in float32.</summary>
    public static Node Of(Graph graph, Dim count, DType type) => Of(graph, count, 0, 1, type);

    public override bool UsesCoordinate => true;

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(inputs[0].DType, new Shape(Size));

    public override Scalar Forward(IReadOnlyList<Scalar> x) => x[0] + (Step * new Scalar.Coordinate());

    // Positions count on.
    public override Node? StartingAt(Node y, Node[] inputs, Dim length, Dim position) =>
        Size == length ? inputs[0].Graph.Add(this, inputs[0] + (inputs[0].Graph.Size(position, y.DType) * Step)) : null;

    // The start is a constant.
    public override void Backward(Vjp vjp) { }

    public override double Reference(IReadOnlyList<double> x, int coordinate) => x[0] + (Step * coordinate);
}
