namespace ModelGen.Execution;

/// <summary>Plain sums over vectors of doubles, in a fixed order.</summary>
internal static class Vectors
{
    public static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>y ← y + factor · x.</summary>
    public static void Add(double[] y, double factor, double[] x)
    {
        for (int i = 0; i < y.Length; i++) y[i] += factor * x[i];
    }

    /// <summary>The largest magnitude.</summary>
    public static double Largest(double[] x)
    {
        double largest = 0;
        foreach (double v in x) largest = Math.Max(largest, Math.Abs(v));
        return largest;
    }

    /// <summary>The sum of the magnitudes.</summary>
    public static double Sum(double[] x)
    {
        double sum = 0;
        foreach (double v in x) sum += Math.Abs(v);
        return sum;
    }
}
