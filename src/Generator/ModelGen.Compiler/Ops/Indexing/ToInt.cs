namespace ModelGen.Compiler.Ops;

/// <summary>y = x without what is behind the point, as an integer. NaN is 0, and what no integer can hold is the nearest one.</summary>
internal sealed class ToInt : KernelOp
{
    static readonly ToInt Instance = new();

    public static readonly TensorMethod Method = new()
    {
        Name = "ToInt",
        Summary = "x as integers, without what is behind the point: 2.7 → 2, -2.7 → -2. NaN becomes 0, and what no integer can hold the nearest one. No gradient flows through them.",
        Parameters = [SurfaceParameter.Tensor("x", "the input, of any shape")],
        Results = [MethodResult.Integers],
        Build = call =>
        {
            var x = call.Tensor("x");
            if (!x.DType.IsFloat()) throw new ModelException(Rules.ElementType, $"'ToInt' needs a floating-point tensor, but was given {x.Type}.");
            return x.Graph.Add(Instance, x);
        },
        Samples = [new([4, 9]) { Low = -30, High = 30 }, new([2, 3, 5])],
        PyTorch = "torch.Tensor.to",
    };

    public override string Name => "to_int";

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => new(DType.Int32, inputs[0].Shape);

    // Piecewise constant.
    public override void Backward(Vjp vjp) { }

    public override TimeAxis? Follow(TimeFlow flow) => flow.X;

    public override NdArray Reference(ReferenceCall call) => new(call.ResultShape, call[0].Data.Select(x => double.IsNaN(x) ? 0 : Math.Min(int.MaxValue, Math.Max(int.MinValue, Math.Truncate(x)))).ToArray());

    public override KernelCall Kernel(Node y) => new() { Method = "Integers.Truncate", Label = "ToInt", ShapeType = "IndexRangeShape", Shape = [("Count", y.Shape.Elements), ("Bound", Dim.Zero)] };
}
