using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// The elementary functions in single precision, once for all widths. The polynomials are interpolations in Chebyshev nodes,
/// computed with 40 digits and rounded; their errors are below an eighth of an ulp of the result.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class VectorMath32
{
    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    // ln 2 in two parts; the first has so few bits that its product with any exponent is exact.
    const float Ln2High = 0.693359375f;
    const float Ln2Low = -2.12194440e-4f;

    /// <summary>e^x: x = n ln 2 + r, e^x = 2^n e^r with |r| at most ln(2)/2. About 1 ulp.</summary>
    [MethodImpl(Inline)]
    public static V Exp<V>(V x) where V : unmanaged, ISimd<V, float>, IFloatBits<V>
    {
        // Beyond these bounds the result is +inf or 0 anyway. The order of the arguments lets a NaN through.
        x = V.Max(V.Create(-104f), V.Min(V.Create(89f), x));
        V n = V.Round(x * V.Create(1.44269504f));
        V r = V.MultiplyAdd(n, V.Create(-Ln2High), x);
        r = V.MultiplyAdd(n, V.Create(-Ln2Low), r);
        V p = V.MultiplyAdd(V.Create(0.00139269268f), r, V.Create(0.00836377405f));
        p = V.MultiplyAdd(p, r, V.Create(0.0416665487f));
        p = V.MultiplyAdd(p, r, V.Create(0.166665733f));
        p = V.MultiplyAdd(p, r, V.Create(0.5f));
        p = V.MultiplyAdd(p, r * r, r) + V.One;
        return V.Scale(p, n);
    }

    /// <summary>
    /// e^x - 1: with x = n ln 2 + r it is 2^n (e^r - 1) + (2^n - 1), where the polynomial gives e^r - 1 itself. About 2 ulp.
    /// </summary>
    [MethodImpl(Inline)]
    public static V Expm1<V>(V x) where V : unmanaged, ISimd<V, float>, IFloatBits<V>
    {
        x = V.Max(V.Create(-104f), V.Min(V.Create(89f), x));
        V n = V.Round(x * V.Create(1.44269504f));
        V r = V.MultiplyAdd(n, V.Create(-Ln2High), x);
        r = V.MultiplyAdd(n, V.Create(-Ln2Low), r);
        V p = V.MultiplyAdd(V.Create(0.00139269268f), r, V.Create(0.00836377405f));
        p = V.MultiplyAdd(p, r, V.Create(0.0416665487f));
        p = V.MultiplyAdd(p, r, V.Create(0.166665733f));
        p = V.MultiplyAdd(p, r, V.Create(0.5f));
        p = V.MultiplyAdd(p, r * r, r);
        // Halved until the end: 2^128 is no float, but e^88.7 is one.
        V half = V.Scale(V.One, n - V.One) - V.Create(0.5f);
        V result = V.Scale(p, n - V.One) + half;
        return V.Select(V.Equal(n, V.Zero), p, result + result);
    }

    /// <summary>
    /// atan(x): from tan(3π/8) on as π/2 - atan(1/|x|), from tan(π/8) on as π/4 + atan((|x| - 1) / (|x| + 1)), a polynomial below. Below 2.5 ulp.
    /// </summary>
    [MethodImpl(Inline)]
    public static V Atan<V>(V x) where V : unmanaged, ISimd<V, float>, IFloatBits<V>
    {
        V magnitude = V.Abs(x);
        V far = V.GreaterThan(magnitude, V.Create(2.41421366f)), middle = V.GreaterThan(magnitude, V.Create(0.414213568f));
        V t = V.Select(far, V.Create(-1f) / magnitude, V.Select(middle, (magnitude - V.One) / (magnitude + V.One), magnitude));
        V start = V.Select(far, V.Create(1.57079637f), V.Select(middle, V.Create(0.785398185f), V.Zero));
        V z = t * t;
        V p = V.MultiplyAdd(V.Create(-0.0645171851f), z, V.Create(0.107436687f));
        p = V.MultiplyAdd(p, z, V.Create(-0.142639503f));
        p = V.MultiplyAdd(p, z, V.Create(0.199995399f));
        p = V.MultiplyAdd(p, z, V.Create(-0.333333313f));
        V result = start + V.MultiplyAdd(p * z, t, t);
        return V.Or(result, V.And(x, V.Create(-0f)));
    }

    /// <summary>log(x): x = 2^e (1 + f) with f in [sqrt(1/2) - 1, sqrt(2) - 1). About 1 ulp, subnormal x included.</summary>
    [MethodImpl(Inline)]
    public static V Log<V>(V x) where V : unmanaged, ISimd<V, float>, IFloatBits<V>
    {
        V subnormal = V.LessThan(x, V.Create(1.17549435e-38f));
        V normal = V.Select(subnormal, x * V.Create(8388608f), x);
        V.Split(normal, out V mantissa, out V e);
        e -= V.And(subnormal, V.Create(23f));
        V f = mantissa - V.One;
        V p = V.MultiplyAdd(V.Create(0.0697161183f), f, V.Create(-0.114797339f));
        p = V.MultiplyAdd(p, f, V.Create(0.116854198f));
        p = V.MultiplyAdd(p, f, V.Create(-0.124256872f));
        p = V.MultiplyAdd(p, f, V.Create(0.142490581f));
        p = V.MultiplyAdd(p, f, V.Create(-0.166678026f));
        p = V.MultiplyAdd(p, f, V.Create(0.200007156f));
        p = V.MultiplyAdd(p, f, V.Create(-0.24999997f));
        p = V.MultiplyAdd(p, f, V.Create(0.333333313f));
        V square = f * f;
        V small = V.MultiplyAdd(p * f, square, e * V.Create(Ln2Low));
        small = V.MultiplyAdd(square, V.Create(-0.5f), small);
        V result = V.MultiplyAdd(e, V.Create(Ln2High), small + f);
        result = V.Select(V.LessThan(x, V.Create(float.PositiveInfinity)), result, x);
        result = V.Select(V.Equal(x, V.Zero), V.Create(float.NegativeInfinity), result);
        return V.Select(V.LessThan(x, V.Zero), V.Create(float.NaN), result);
    }

    /// <summary>tanh(x): a polynomial below 0.625, 1 - 2 / (e^2|x| + 1) above. About 2 ulp.</summary>
    [MethodImpl(Inline)]
    public static V Tanh<V>(V x) where V : unmanaged, ISimd<V, float>, IFloatBits<V>
    {
        V z = x * x;
        V p = V.MultiplyAdd(V.Create(-0.00609671418f), z, V.Create(0.0209971797f));
        p = V.MultiplyAdd(p, z, V.Create(-0.0538509078f));
        p = V.MultiplyAdd(p, z, V.Create(0.133327693f));
        p = V.MultiplyAdd(p, z, V.Create(-0.333333284f));
        V near = V.MultiplyAdd(p * z, x, x);
        V magnitude = V.Abs(x);
        V far = V.One - V.Create(2f) / (Exp(magnitude + magnitude) + V.One);
        far = V.Or(far, V.And(x, V.Create(-0f)));
        return V.Select(V.LessThan(magnitude, V.Create(0.625f)), near, far);
    }

    /// <summary>1 / (1 + e^-x). About 2 ulp.</summary>
    [MethodImpl(Inline)]
    public static V Sigmoid<V>(V x) where V : unmanaged, ISimd<V, float>, IFloatBits<V> => V.One / (V.One + Exp(-x));

    /// <summary>erf(x): a polynomial below 1, 1 - e^p(|x|) above. About 2 ulp.</summary>
    [MethodImpl(Inline)]
    public static V Erf<V>(V x) where V : unmanaged, ISimd<V, float>, IFloatBits<V>
    {
        V z = x * x;
        V p = V.MultiplyAdd(V.Create(7.87587487e-05f), z, V.Create(-0.00080168643f));
        p = V.MultiplyAdd(p, z, V.Create(0.00518908724f));
        p = V.MultiplyAdd(p, z, V.Create(-0.0268542115f));
        p = V.MultiplyAdd(p, z, V.Create(0.112835944f));
        p = V.MultiplyAdd(p, z, V.Create(-0.37612626f));
        p = V.MultiplyAdd(p, z, V.Create(0.128379166f));
        V near = V.MultiplyAdd(p, x, x);
        // From 4 on the result is 1 in single precision.
        V magnitude = V.Min(V.Create(4f), V.Abs(x));
        V q = V.MultiplyAdd(V.Create(-1.63863729e-06f), magnitude, V.Create(4.60874471e-05f));
        q = V.MultiplyAdd(q, magnitude, V.Create(-0.000597052975f));
        q = V.MultiplyAdd(q, magnitude, V.Create(0.00476074778f));
        q = V.MultiplyAdd(q, magnitude, V.Create(-0.0264243707f));
        q = V.MultiplyAdd(q, magnitude, V.Create(0.110085681f));
        q = V.MultiplyAdd(q, magnitude, V.Create(0.631820261f));
        q = V.MultiplyAdd(q, magnitude, V.Create(1.13023674f));
        q = V.MultiplyAdd(q, magnitude, V.Create(-0.000320914376f));
        V far = V.Or(V.One - Exp(-q), V.And(x, V.Create(-0f)));
        return V.Select(V.LessThan(magnitude, V.One), near, far);
    }

    /// <summary>a to the power of b, lane by lane: e^(b log a) would lose digits and the special cases.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V Pow<V>(V a, V b) where V : unmanaged, ISimd<V, float>
    {
        V result = default;
        for (int i = 0; i < V.Count; i++)
            ((float*)&result)[i] = MathF.Pow(((float*)&a)[i], ((float*)&b)[i]);
        return result;
    }
}
