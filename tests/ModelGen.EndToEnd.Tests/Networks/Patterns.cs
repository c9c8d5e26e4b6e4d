using ModelGen.Testing;

namespace ModelGen.EndToEnd.Tests.Networks;

/// <summary>Ten patterns of 8x8 with noise, and first weights: the same numbers as in tests/golden/trajectories.py.</summary>
internal static class Patterns
{
    public const int Rows = 64, Batch = 16;

    static readonly Lcg random = new(1);
    static readonly double[] templates = Array(random, 640, 0, 1), noise = Array(random, Rows * 64, -0.4, 0.4);

    public static int[] Labels { get; } = [.. Enumerable.Range(0, Rows).Select(i => i % 10)];

    public static float[] Images { get; } = [.. Enumerable.Range(0, Rows * 64).Select(i => (float)(templates[(i / 64 % 10 * 64) + (i % 64)] + noise[i]))];

    /// <summary>The images of one step's batch.</summary>
    public static ReadOnlySpan<float> ImagesOf(int step) => Images.AsSpan(step * Batch % Rows * 64, Batch * 64);

    /// <summary>The labels of one step's batch.</summary>
    public static ReadOnlySpan<int> LabelsOf(int step) => Labels.AsSpan(step * Batch % Rows, Batch);

    /// <summary>The first numbers of each image of one step's batch.</summary>
    public static float[] FirstOf(int step, int count) => [.. ImagesOf(step).ToArray().Where((_, i) => i % 64 < count)];

    /// <summary>Labels 0, 1, 2 for the rows of one step's batch.</summary>
    public static int[] ThirdsOf(int step) => [.. Enumerable.Range(step * Batch % Rows, Batch).Select(i => i % 3)];

    /// <summary>Lengths 1 to 8 for them.</summary>
    public static int[] LengthsOf(int step) => [.. Enumerable.Range(step * Batch % Rows, Batch).Select(i => 1 + (i % 8))];

    /// <summary>Sequences of 8 of 11 tokens, and what follows each.</summary>
    public static (int[] Token, int[] Next) TokensOf(int step)
    {
        static int At(int row, int t) => ((row * 7) + (t * t) + (row % 5 * t)) % 11;
        int first = step * Batch % Rows;
        return ([.. Enumerable.Range(0, Batch * 8).Select(i => At(first + (i / 8), i % 8))], [.. Enumerable.Range(0, Batch * 8).Select(i => At(first + (i / 8), (i % 8) + 1))]);
    }

    static readonly Lcg places = new(2);
    static readonly double[] points = Array(places, Rows * 2, -1, 1), sources = Array(places, Rows, -1, 1);

    /// <summary>Places and times of one step's batch.</summary>
    public static ReadOnlySpan<double> PointsOf(int step) => points.AsSpan(step * Batch % Rows * 2, Batch * 2);

    /// <summary>The heat that comes in there.</summary>
    public static ReadOnlySpan<double> SourcesOf(int step) => sources.AsSpan(step * Batch % Rows, Batch);

    /// <summary>Uniform in ±0.25, by the ordinal order of the names; norms keep their ones and zeros.</summary>
    public static void Initialize(ParameterSet parameters)
    {
        ulong seed = 100;
        foreach (var parameter in parameters.OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            var values = Array(new Lcg(seed++), parameter.Length, -0.25, 0.25);
            if (!parameter.Name.Contains("norm", StringComparison.Ordinal)) parameter.Values.CopyFrom(values);
        }
    }

    static double[] Array(Lcg random, int count, double low, double high) =>
        [.. Enumerable.Range(0, count).Select(_ => (double)(float)random.Next(low, high))];
}
