namespace ModelGen.Compiler.Ops;

/// <summary>A comparison of two tensors: 1 where it holds, 0 elsewhere and where either is NaN (but see <see cref="NotEqual"/>). No gradient flows.</summary>
internal abstract class Comparison : BinaryOp
{
    // Piecewise constant.
    public sealed override void Backward(Vjp vjp) { }
}
