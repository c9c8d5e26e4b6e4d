namespace ModelGen.Compiler.Ops;

/// <summary>The result of a <see cref="ScaledDotProductAttention"/> in one kernel, which never holds all scores at once (Dao et al., "FlashAttention", 2022).</summary>
internal sealed class FlashAttention(ScaledDotProductAttention attention) : KernelOp
{
    // Below so many scores a head, the loops of the formula are in the first-level cache anyway, and need no packing of the keys.
    const long FewestScores = 256;

    public override bool IsFactor(int input) => input < 3;
    public override string Name => "flash_attention";
    public override string Attributes => attention.Attributes;

    /// <summary>Whether a kernel of its own pays for an attention of so many queries to so many keys.</summary>
    public static bool Pays(Dim queries, Dim keys) => !(queries * keys is { IsConstant: true, Value: < FewestScores });

    public override TensorType Infer(IReadOnlyList<TensorType> inputs) => attention.Infer(inputs);

    public override TimeAxis? Follow(TimeFlow flow) => flow.Leading();

    // Autodiff sees the composite, which knows the way back.
    public override void Backward(Vjp vjp) => throw new InvalidOperationException($"'{Name}' comes after autodiff.");

    public override NdArray Reference(ReferenceCall call) => attention.Reference(call);

    public override KernelCall Kernel(Node y) => Call("FlashAttention.Forward", "", attention, y.Inputs, products: 1);

    /// <summary>The call of one of the two kernels.</summary>
    internal static KernelCall Call(string method, string what, ScaledDotProductAttention attention, IReadOnlyList<Node> inputs, int products)
    {
        Shape q = inputs[0].Shape, k = inputs[1].Shape, v = inputs[2].Shape;
        int positions = attention.Positions, heads = 3 - positions;
        return new KernelCall
        {
            Method = method,
            Label = $"{what}{(attention.Causal ? "Causal attention" : "Attention")} of {q[heads]} heads of {q[3]}, a block of queries at a time: the {q[positions]} x {k[positions]} scores of a head are never all in memory",
            ShapeType = "AttentionShape",
            Shape =
            [
                ("Batch", q[0]), ("Heads", q[heads]), ("KeyHeads", k[heads]), ("Queries", q[positions]), ("Keys", k[positions]), ("Width", q[3]), ("ValueWidth", v[3]),
                ("HeadsInside", attention.HeadsInside ? 1 : 0), ("Causal", attention.Causal ? 1 : 0), ("Window", attention.Window),
            ],
            MultiplyAdds = q[0] * q[heads] * q[positions] * k[positions] * (q[3] + v[3]) * products,
        };
    }
}
