using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// The elementary functions in double precision that the platform has no vectors for, lane by lane. Double precision
/// serves gradient checks, where accuracy counts and speed does not.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class VectorMath64
{
    const double TwoOverSqrtPi = 1.1283791670955126;

    /// <summary>tanh(x).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V Tanh<V>(V x) where V : unmanaged, ISimd<V, double>
    {
        for (int i = 0; i < V.Count; i++)
            ((double*)&x)[i] = Math.Tanh(((double*)&x)[i]);
        return x;
    }

    /// <summary>e^x - 1.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V Expm1<V>(V x) where V : unmanaged, ISimd<V, double>
    {
        for (int i = 0; i < V.Count; i++)
            ((double*)&x)[i] = Expm1(((double*)&x)[i]);
        return x;
    }

    /// <summary>e^x - 1 without loss for small x (W. Kahan): with u = e^x rounded, (u - 1) x / log(u) repairs the rounding of u.</summary>
    public static double Expm1(double x)
    {
        double u = Math.Exp(x);
        return u == 1 ? x : Math.Abs(x) > 1 ? u - 1 : (u - 1) * x / Math.Log(u);
    }

    /// <summary>atan(x).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V Atan<V>(V x) where V : unmanaged, ISimd<V, double>
    {
        for (int i = 0; i < V.Count; i++)
            ((double*)&x)[i] = Math.Atan(((double*)&x)[i]);
        return x;
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V>(V x) where V : unmanaged, ISimd<V, double> => V.One / (V.One + V.Exp(-x));

    /// <summary>erf(x).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V Erf<V>(V x) where V : unmanaged, ISimd<V, double>
    {
        for (int i = 0; i < V.Count; i++)
            ((double*)&x)[i] = Erf(((double*)&x)[i]);
        return x;
    }

    /// <summary>a to the power of b.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V Pow<V>(V a, V b) where V : unmanaged, ISimd<V, double>
    {
        V result = default;
        for (int i = 0; i < V.Count; i++)
            ((double*)&result)[i] = Math.Pow(((double*)&a)[i], ((double*)&b)[i]);
        return result;
    }

    /// <summary>erf(x), a few ulp. Below 3 the series 2/sqrt(pi) e^-x² sum of 2^n x^(2n+1) / (2n+1)!!, whose terms are all
    /// positive; from 3 on 1 - erfc(x) by the continued fraction of erfc (Abramowitz and Stegun 7.1.6 and 7.1.14).</summary>
    public static double Erf(double x)
    {
        double magnitude = Math.Abs(x);
        if (double.IsNaN(x))
            return x;
        if (magnitude >= 6)
            return Math.CopySign(1, x);
        double square = x * x;
        double scale = Math.Exp(-square);
        if (magnitude < 3)
        {
            double term = x, sum = x;
            for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
            {
                term *= 2 * square / (2 * n + 1);
                sum += term;
            }
            return TwoOverSqrtPi * scale * sum;
        }
        double fraction = magnitude;
        for (int n = 60; n > 0; n--)
            fraction = magnitude + n * 0.5 / fraction;
        return Math.CopySign(1 - scale * TwoOverSqrtPi * 0.5 / fraction, x);
    }
}
