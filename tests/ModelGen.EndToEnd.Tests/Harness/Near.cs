namespace ModelGen.EndToEnd.Tests.Harness;

/// <summary>Comparison of computed values with reference values in double precision.</summary>
internal static class Near
{
    /// <summary>
    /// What float32 results may differ from the reference by, relative to the largest magnitude of the array (at least 1): a rounding error is
    /// 6e-8, and an element is a sum of up to some hundred terms, through a handful of layers, of about that magnitude.
    /// </summary>
    public const double Float32 = 1.5e-5;

    public static void Equal(IReadOnlyList<double> expected, IReadOnlyList<double> actual, string what, double tolerance = Float32)
    {
        Assert.True(expected.Count == actual.Count, $"{what}: expected {expected.Count} elements, got {actual.Count}");
        double magnitude = Math.Max(1, expected.Select(Math.Abs).DefaultIfEmpty().Max());
        for (int i = 0; i < expected.Count; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * magnitude, $"{what}, element {i} of {expected.Count}: expected {expected[i]:R}, got {actual[i]:R}");
    }

    public static void Equal(double expected, double actual, string what, double tolerance = Float32) => Equal([expected], [actual], what, tolerance);

    /// <summary>The same bits: no tolerance, and NaN equals itself.</summary>
    public static void SameBits(IReadOnlyList<double> expected, IReadOnlyList<double> actual, string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
            Assert.True(BitConverter.DoubleToInt64Bits(expected[i]) == BitConverter.DoubleToInt64Bits(actual[i]), $"{what}, element {i} of {expected.Count}: {expected[i]:R} and {actual[i]:R}");
    }
}
