namespace ModelGen.Compiler.Ops;

/// <summary>Every method of the public tensor surface, one line each. Tests, the eager surface and capture all start here.</summary>
internal static class OpRegistry
{
    public static readonly IReadOnlyList<TensorMethod> Methods =
    [
        // arithmetic
        Add.Method,
        Subtract.Method,
        Multiply.Method,
        Divide.Method,
        Negate.Method,

        Maximum.Method,
        Minimum.Method,
        Pow.Method,
        Abs.Method,
        Square.Method,
        Sqrt.Method,
        Exp.Method,
        Log.Method,
        Sin.Method,
        Cos.Method,

        // activations
        Relu.Method,
        Sigmoid.Method,
        Tanh.Method,
        Gelu.Method,
        GeluTanh.Method,
        Silu.Method,
        Softplus.Method,
        Softmax.Method,
        LogSoftmax.Method,

        // products
        MatMul.Method,

        // reductions
        Sum.Method,
        Mean.Method,
        Max.Method,
        Min.Method,

        // movement
        BroadcastTo.Method,
        Concat.Method,
        Flatten.Method,
        Permute.Method,
        Reshape.Method,
        Select.Method,
        Slice.Method,
        Transpose.Method,

        // indexing
        IndexSelect.Method,
        Gather.Method,

        // attention and positions
        ScaledDotProductAttention.Method,
        Rotary.Method,
        SinusoidalPositions.Method,

        // pooling
        MaxPool2d.Method,
        AvgPool2d.Method,
        GlobalAvgPool2d.Method,

        // losses
        CrossEntropy.Method,
        MeanSquaredError.Method,
        BinaryCrossEntropyWithLogits.Method,
    ];

    static readonly Dictionary<string, TensorMethod> ByName = Methods.ToDictionary(Key, StringComparer.Ordinal);

    /// <summary>The method of that name and number of parameters ("operator -" is both unary and binary), or null.</summary>
    public static TensorMethod? Find(string name, int parameters) =>
        ByName.TryGetValue(name + "/" + parameters, out var method) ? method : null;

    static string Key(TensorMethod method) => method.Name + "/" + method.Parameters.Count;
}
