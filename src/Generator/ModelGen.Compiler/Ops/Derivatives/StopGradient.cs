namespace ModelGen.Compiler.Ops;

/// <summary>y = x, and no gradient flows through it. It costs nothing: after differentiation it is x itself.</summary>
internal sealed class StopGradient : CompositeOp
{
    public static readonly StopGradient Instance = new();

    public static readonly TensorMethod Method = TensorMethod.Unary("StopGradient",
        "The same values as a constant: no gradient flows through it. For targets that must not be trained, and to cut the history of eager tensors.", Instance,
        new Sample([4, 9]), new Sample([2, 3, 5])).As("torch.Tensor.detach");

    public override string Name => "StopGradient";

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => inputs[0];

    public override void Backward(Vjp vjp) { }

    public override NdArray Reference(ReferenceCall call) => call[0];

    public override Node Decompose(Node y) => y.Inputs[0];
}
