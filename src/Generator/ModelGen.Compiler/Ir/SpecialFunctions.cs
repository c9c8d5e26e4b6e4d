namespace ModelGen.Compiler.Ir;

/// <summary>Functions that <see cref="Math"/> lacks, in double precision, for the reference semantics.</summary>
internal static class SpecialFunctions
{
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
