using System.ComponentModel;

namespace ModelGen.Execution;

/// <summary>
/// A vector of <see cref="Count"/> elements of <typeparamref name="T"/>. Kernels are written once, generic over this
/// interface, and the JIT makes the same machine code of them as of code written against one vector type.
/// </summary>
/// <remarks>
/// A mask is a vector whose lanes have either all bits set or none. All operations on lanes are IEEE 754 except where a
/// member says otherwise. Every horizontal operation has a fixed order: halves are combined until one lane is left.
/// </remarks>
/// <typeparam name="V">The implementing type.</typeparam>
/// <typeparam name="T">The element type: <see cref="float"/> or <see cref="double"/>.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe interface ISimd<V, T>
    where V : unmanaged, ISimd<V, T>
    where T : unmanaged
{
    /// <summary>How many elements the vector holds.</summary>
    static abstract int Count { get; }

    /// <summary>All lanes 0.</summary>
    static abstract V Zero { get; }

    /// <summary>All lanes 1.</summary>
    static abstract V One { get; }

    /// <summary>Reads <see cref="Count"/> elements; no alignment is needed.</summary>
    static abstract V Load(T* source);

    /// <summary>Reads the first <paramref name="count"/> elements (0 to <see cref="Count"/>; more or less is clamped) and
    /// touches no byte after them. The other lanes are 0.</summary>
    static abstract V LoadPartial(T* source, nint count);

    /// <summary>Writes <see cref="Count"/> elements; no alignment is needed.</summary>
    void Store(T* destination);

    /// <summary>Writes the first <paramref name="count"/> elements (0 to <see cref="Count"/>; more or less is clamped) and
    /// touches no byte after them.</summary>
    void StorePartial(T* destination, nint count);

    /// <summary>All lanes <paramref name="value"/>.</summary>
    static abstract V Create(T value);

    /// <summary>All lanes <paramref name="value"/>, rounded to <typeparamref name="T"/>.</summary>
    static abstract V FromDouble(double value);

    /// <summary><paramref name="start"/>, <paramref name="start"/> + 1, ...</summary>
    static abstract V CreateSequence(T start);

    /// <summary>Lanewise sum.</summary>
    static abstract V operator +(V a, V b);

    /// <summary>Lanewise difference.</summary>
    static abstract V operator -(V a, V b);

    /// <summary>Lanewise product.</summary>
    static abstract V operator *(V a, V b);

    /// <summary>Lanewise quotient.</summary>
    static abstract V operator /(V a, V b);

    /// <summary>The sign flipped, also of zeros and NaN.</summary>
    static abstract V operator -(V a);

    /// <summary>a * b + c: one rounding where the hardware has a fused multiply-add, two where it does not; never a
    /// fused multiply-add in software.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>The smaller. Returns <paramref name="b"/> when either is NaN and when both are zeros (the semantics of
    /// x86, on every machine): <c>Min(limit, x)</c> propagates a NaN of x.</summary>
    static abstract V Min(V a, V b);

    /// <summary>The larger. Returns <paramref name="b"/> when either is NaN and when both are zeros (the semantics of
    /// x86, on every machine): <c>Max(Zero, x)</c> propagates a NaN of x.</summary>
    static abstract V Max(V a, V b);

    /// <summary>The absolute value.</summary>
    static abstract V Abs(V x);

    /// <summary>The square root; NaN for a negative number.</summary>
    static abstract V Sqrt(V x);

    /// <summary>1 / <see cref="Sqrt"/>, both correctly rounded (no hardware estimate).</summary>
    static abstract V ReciprocalSqrt(V x);

    /// <summary>The largest integer that is not above x.</summary>
    static abstract V Floor(V x);

    /// <summary>The nearest integer, ties to even.</summary>
    static abstract V Round(V x);

    /// <summary>Mask of a &lt; b; false for NaN.</summary>
    static abstract V LessThan(V a, V b);

    /// <summary>Mask of a &lt;= b; false for NaN.</summary>
    static abstract V LessThanOrEqual(V a, V b);

    /// <summary>Mask of a &gt; b; false for NaN.</summary>
    static abstract V GreaterThan(V a, V b);

    /// <summary>Mask of a &gt;= b; false for NaN.</summary>
    static abstract V GreaterThanOrEqual(V a, V b);

    /// <summary>Mask of a == b; false for NaN.</summary>
    static abstract V Equal(V a, V b);

    /// <summary>Mask of a != b; true for NaN.</summary>
    static abstract V NotEqual(V a, V b);

    /// <summary>Bitwise and.</summary>
    static abstract V And(V a, V b);

    /// <summary>Bitwise or.</summary>
    static abstract V Or(V a, V b);

    /// <summary>All bits flipped.</summary>
    static abstract V Not(V a);

    /// <summary>The bits of <paramref name="a"/> where the mask is set, else those of <paramref name="b"/>.</summary>
    static abstract V Select(V mask, V a, V b);

    /// <summary>e^x. Overflow gives +inf, underflow 0, NaN stays NaN.</summary>
    static abstract V Exp(V x);

    /// <summary>The natural logarithm. log(0) is -inf, of a negative number NaN.</summary>
    static abstract V Log(V x);

    /// <summary>The hyperbolic tangent; saturates at -1 and 1.</summary>
    static abstract V Tanh(V x);

    /// <summary>1 / (1 + e^-x).</summary>
    static abstract V Sigmoid(V x);

    /// <summary>The error function.</summary>
    static abstract V Erf(V x);

    /// <summary>e^x - 1, without loss for small x.</summary>
    static abstract V Expm1(V x);

    /// <summary>The inverse tangent, in (-π/2, π/2).</summary>
    static abstract V Atan(V x);

    /// <summary>The sine; x in radians.</summary>
    static abstract V Sin(V x);

    /// <summary>The cosine; x in radians.</summary>
    static abstract V Cos(V x);

    /// <summary>a to the power of b, with the special cases of <see cref="Math.Pow"/>.</summary>
    static abstract V Pow(V a, V b);

    /// <summary>The sum of all lanes.</summary>
    static abstract T Sum(V x);

    /// <summary>The largest lane; unspecified when a lane is NaN.</summary>
    static abstract T MaxElement(V x);

    /// <summary>The smallest lane; unspecified when a lane is NaN.</summary>
    static abstract T MinElement(V x);
}

/// <summary>What the elementary functions in single precision need to know of the bits of a float.</summary>
/// <typeparam name="V">The implementing type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IFloatBits<V>
{
    /// <summary>x * 2^n for integers n in [-252, 254], gradual underflow included.</summary>
    static abstract V Scale(V x, V n);

    /// <summary>x = mantissa * 2^exponent with the mantissa in [sqrt(1/2), sqrt(2)), for normal positive x.</summary>
    static abstract void Split(V x, out V mantissa, out V exponent);
}

static class FloatBits
{
    /// <summary>The bits of sqrt(1/2): subtracting them before the exponent is cut out moves the mantissa to [sqrt(1/2), sqrt(2)).</summary>
    internal const int SqrtHalf = 0x3f3504f3;
}
