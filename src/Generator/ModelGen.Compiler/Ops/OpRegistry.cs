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

        Sign.Method,
        Tan.Method,
        Sinh.Method,
        Cosh.Method,
        Asin.Method,
        Acos.Method,
        Atan.Method,
        Atan2.Method,
        Log1p.Method,
        Log2.Method,
        Log10.Method,
        Expm1.Method,
        Erf.Method,
        Reciprocal.Method,
        Rsqrt.Method,
        Floor.Method,
        Ceiling.Method,
        Round.Method,
        Remainder.Method,
        Clamp.Method,

        // comparisons
        Greater.Method,
        Greater.Operator,
        GreaterOrEqual.Method,
        GreaterOrEqual.Operator,
        Less.Method,
        Less.Operator,
        LessOrEqual.Method,
        LessOrEqual.Operator,
        Equal.Method,
        NotEqual.Method,
        Where.Method,

        // activations
        Relu.Method,
        Sigmoid.Method,
        Tanh.Method,
        Gelu.Method,
        GeluTanh.Method,
        Silu.Method,
        Softplus.Method,
        Softsign.Method,
        LeakyRelu.Method,
        Elu.Method,
        Selu.Method,
        Celu.Method,
        Hardtanh.Method,
        Relu6.Method,
        Hardsigmoid.Method,
        Hardswish.Method,
        Mish.Method,
        Glu.Method,
        LogSigmoid.Method,
        Hardshrink.Method,
        Softshrink.Method,
        Tanhshrink.Method,
        Softmax.Method,
        LogSoftmax.Method,

        // products
        MatMul.Method,

        // reductions
        Sum.Method,
        Mean.Method,
        Max.Method,
        Min.Method,
        Prod.Method,
        Var.Method,
        Var.Biased,
        Std.Method,
        Std.Biased,
        Norm.Method,
        LogSumExp.Method,
        ArgMax.Method,
        ArgMin.Method,
        CumSum.Method,

        // movement
        BroadcastTo.Method,
        Concat.Method,
        Flatten.Method,
        Permute.Method,
        Reshape.Method,
        Select.Method,
        Slice.Method,
        Transpose.Method,
        Squeeze.Method,
        Unsqueeze.Method,
        Stack.Method,
        Tile.Method,
        RepeatInterleave.Method,
        Flip.Method,
        Roll.Method,
        PadConstant.Method,
        PadConstant.WithValue,
        PadReflect.Method,
        PadReplicate.Method,
        PadCircular.Method,
        Tril.Method,
        Triu.Method,
        PixelShuffle.Method,
        PixelUnshuffle.Method,
        UpsampleNearest2d.Method,

        // made of nothing, or of labels
        Arange.Method,
        OneHot.Method,
        RandomUniformLike.Method,
        RandomNormalLike.Method,
        Bernoulli.Method,

        // indexing
        IndexSelect.Method,
        Gather.Method,

        // attention and positions
        ScaledDotProductAttention.Method,
        ScaledDotProductAttention.LengthsMethod,
        ScaledDotProductAttention.MaskMethod,
        Rotary.Method,
        SinusoidalPositions.Method,

        // pooling
        MaxPool2d.Method,
        AvgPool2d.Method,
        MaxPool1d.Method,
        AvgPool1d.Method,
        MaxPool3d.Method,
        AvgPool3d.Method,
        AdaptiveAvgPool2d.Method,
        GlobalAvgPool2d.Method,
        GlobalMaxPool2d.Method,

        // derivatives
        StopGradient.Method,

        // losses
        CrossEntropy.Method,
        CrossEntropy.WithOptions,
        CrossEntropy.Weighted,
        CrossEntropy.Soft,
        Nll.Method,
        Nll.Weighted,
        MeanSquaredError.Method,
        MeanAbsoluteError.Method,
        Huber.Method,
        SmoothL1.Method,
        BinaryCrossEntropy.Method,
        BinaryCrossEntropyWithLogits.Method,
        BinaryCrossEntropyWithLogits.Weighted,
        FocalLoss.Method,
        Dice.Method,
        Tversky.Method,
        KlDivergence.Method,
        Distillation.Method,
        Hinge.Method,
        HingeEmbedding.Method,
        SoftMargin.Method,
        MarginRanking.Method,
        TripletMargin.Method,
        CosineSimilarity.Method,
        CosineEmbedding.Method,
        Ctc.Method,
        Ctc.WithLengths,
        InfoNce.Method,
        PoissonNll.Method,
        GaussianNll.Method,
    ];

    static readonly Dictionary<string, TensorMethod> ByName = Methods.ToDictionary(Key, StringComparer.Ordinal);

    /// <summary>The method of that name and number of parameters ("operator -" is both unary and binary), or null.</summary>
    public static TensorMethod? Find(string name, int parameters) =>
        ByName.TryGetValue(name + "/" + parameters, out var method) ? method : null;

    static string Key(TensorMethod method) => method.Name + "/" + method.Parameters.Count;
}
