namespace ModelGen.Compiler.Ops;

/// <summary>Repeats a tensor along axes of size 1 (or missing ones) up to a given shape.</summary>
internal sealed class BroadcastTo(Shape shape) : MovementOp
{
    public static readonly TensorMethod Method = new()
    {
        Name = "BroadcastTo",
        Summary = "The tensor repeated along its axes of size 1 up to the given shape (NumPy's rule).",
        Parameters = [SurfaceParameter.Tensor("x", "the input"), SurfaceParameter.Ints("shape", "the result's sizes")],
        Build = call => Of(call.Tensor("x"), new Shape(call.Sizes("shape"))),
        Samples = [new Sample([3, 1]).With("shape", new[] { 2, 3, 4 }), new Sample([[]]).With("shape", new[] { 5 })],
        PyTorch = "torch.broadcast_to",
    };

    public Shape Target { get; } = shape;
    public override string Name => "broadcast";
    public override string Attributes => Target.ToString();

    public static Node Of(Node x, Shape shape) => x.Shape == shape ? x : x.Graph.Add(new BroadcastTo(shape), x);

    public override TensorType Infer(IReadOnlyList<TensorType> inputs)
    {
        if (Broadcasting.Combine("BroadcastTo", inputs[0].Shape, Target) != Target) throw new ModelException(Rules.Broadcast,
            $"'BroadcastTo' cannot make {Target} of {inputs[0].Shape}: only axes of size 1 can be repeated.");
        return new TensorType(inputs[0].DType, Target);
    }

    public override TimeAxis? Follow(TimeFlow flow) => flow.Broadcast();

    // The same at every position.
    public override Node StartingAt(Node y, Node[] inputs, Dim length, Dim position) => Of(inputs[0], Target);

    public override void Backward(Vjp vjp) => vjp.AddBroadcast(0, vjp.Dy);

    public override NdArray Reference(ReferenceCall call)
    {
        var result = new NdArray(call.ResultShape);
        int n = 0;
        foreach (var index in result.Indices()) result.Data[n++] = call[0].Broadcast(index);
        return result;
    }
}
