using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// The inverse of the standard normal distribution function: M. J. Wichura, "Algorithm AS 241: the percentage points of the normal
/// distribution", Applied Statistics 37 (1988), routine PPND16; relative error about 1e-16. The logarithm is its own, because the libraries of
/// different systems differ in the last bit.
/// </summary>
internal static class NormalQuantile
{
    static ReadOnlySpan<double> CentralP =>
    [
        2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4, 4.5921953931549871457e+4,
        1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2, 3.3871328727963666080,
    ];

    static ReadOnlySpan<double> CentralQ =>
    [
        5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4,
        5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1,
    ];

    static ReadOnlySpan<double> MiddleP =>
    [
        7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258,
        3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734,
    ];

    static ReadOnlySpan<double> MiddleQ =>
    [
        1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
        6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1,
    ];

    static ReadOnlySpan<double> TailP =>
    [
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
        2.96560571828504891230e-1, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720,
    ];

    static ReadOnlySpan<double> TailQ =>
    [
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
        1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1,
    ];

    /// <param name="p">Strictly between 0 and 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Of(double p)
    {
        double q = p - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            double r = 0.180625 - (q * q);
            return q * Horner(CentralP, r) / Horner(CentralQ, r);
        }
        double tail = Math.Sqrt(-Log(q < 0 ? p : 1 - p));
        double value = tail <= 5
            ? Horner(MiddleP, tail - 1.6) / Horner(MiddleQ, tail - 1.6)
            : Horner(TailP, tail - 5) / Horner(TailQ, tail - 5);
        return q < 0 ? -value : value;
    }

    static double Horner(ReadOnlySpan<double> coefficients, double x)
    {
        double sum = 0;
        foreach (double c in coefficients) sum = (sum * x) + c;
        return sum;
    }

    // ln(m 2ᵉ) = e ln 2 + 2 artanh((m - 1) / (m + 1)) with m in [√½, √2): the series converges by a factor of 34 a term.
    internal static double Log(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52) - 1023;
        double m = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (m > 1.4142135623730951) (m, exponent) = (m / 2, exponent + 1);
        double s = (m - 1) / (m + 1), s2 = s * s, sum = 0;
        for (int k = 23; k >= 1; k -= 2) sum = (sum * s2) + (1.0 / k);
        return (exponent * 0.69314718055994531) + (2 * s * sum);
    }
}
