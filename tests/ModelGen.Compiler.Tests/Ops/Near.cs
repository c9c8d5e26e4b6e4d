using ModelGen.Compiler.Ir;

namespace ModelGen.Compiler.Tests.Ops;

/// <summary>Comparison of arrays with a message that names the first difference.</summary>
internal static class Near
{
    public static void Equal(NdArray expected, NdArray actual, double tolerance, string what)
    {
        Assert.True(expected.Shape.AsSpan().SequenceEqual(actual.Shape), $"{what}: expected [{string.Join(", ", expected.Shape)}], got [{string.Join(", ", actual.Shape)}]");
        Equal(expected.Data, actual.Data, tolerance, what);
    }

    public static void Equal(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance, string what)
    {
        Assert.True(expected.Count == actual.Count, $"{what}: expected {expected.Count} elements, got {actual.Count}");
        for (int i = 0; i < expected.Count; i++) Equal(expected[i], actual[i], tolerance, $"{what}, element {i}");
    }

    /// <param name="expected">The right value.</param>
    /// <param name="actual">The value found.</param>
    /// <param name="tolerance">Relative to the expected value, absolute below 1.</param>
    /// <param name="what">For the message.</param>
    public static void Equal(double expected, double actual, double tolerance, string what)
    {
        bool same = expected.Equals(actual) || Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected));
        Assert.True(same, $"{what}: expected {expected:R}, got {actual:R}");
    }
}
