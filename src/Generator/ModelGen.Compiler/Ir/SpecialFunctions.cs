namespace ModelGen.Compiler.Ir;

/// <summary>Functions that <see cref="Math"/> lacks, in double precision, for the reference semantics.</summary>
internal static class SpecialFunctions
{
    /// <summary>e^x - 1 without loss for small x: the Taylor series below 0.5, the difference above.</summary>
    public static double Expm1(double x)
    {
        if (!(Math.Abs(x) < 0.5)) return Math.Exp(x) - 1;
        double term = x, sum = x;
        for (int n = 2; Math.Abs(term) > 1e-18 * Math.Abs(sum) && n < 40; n++)
        {
            term *= x / n;
            sum += term;
        }
        return sum;
    }

    /// <summary>ln(1 + x) without loss for small x: 2 artanh(x / (2 + x)) as a series below 0.5, the logarithm above.</summary>
    public static double Log1p(double x)
    {
        if (!(Math.Abs(x) < 0.5)) return Math.Log(1 + x);
        double z = x / (2 + x), power = z, sum = z;
        for (int n = 3; Math.Abs(power) > 1e-18 * Math.Abs(sum) && n < 200; n += 2)
        {
            power *= z * z;
            sum += power / n;
        }
        return 2 * sum;
    }

    /// <summary>
    /// erf(x) to about 1e-16: the Maclaurin series below 2.5 (Abramowitz and Stegun 7.1.5), the continued fraction of erfc above (7.1.14).
    /// </summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x)) return x;
        if (x < 0) return -Erf(-x);
        if (x > 6) return 1;
        if (x < 2.5)
        {
            double term = x, sum = x;
            for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum) && n < 200; n++)
            {
                term *= -x * x / n;
                sum += term / ((2 * n) + 1);
            }
            return 2 / Math.Sqrt(Math.PI) * sum;
        }
        double fraction = x;
        for (int n = 120; n > 0; n--) fraction = x + (n / 2.0 / fraction);
        return 1 - (Math.Exp(-x * x) / Math.Sqrt(Math.PI) / fraction);
    }
}
