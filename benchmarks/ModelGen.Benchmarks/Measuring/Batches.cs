namespace ModelGen.Benchmarks.Measuring;

/// <summary>Batches in memory, eight if nothing else is said, given out in turn, so that no step sees data that the last one left in the cache.</summary>
/// <param name="batches">They.</param>
internal sealed class Batches<TInput>((TInput[] Input, int[] Labels)[] batches)
{
    int next;

    public (TInput[] Input, int[] Labels) Next()
    {
        next = (next + 1) % batches.Length;
        return batches[next];
    }
}

/// <summary>Draws batches.</summary>
internal static class Batches
{
    const int Count = 8;

    /// <summary>Normally distributed inputs, and a label each.</summary>
    public static Batches<float> OfNumbers(int batch, int elements, int classes, int count = Count)
    {
        var random = new Random(1);
        return new([.. Enumerable.Range(0, count).Select(_ => (Draw(batch * elements, () => (float)Normal(random)), Draw(batch, () => random.Next(classes))))]);
    }

    /// <summary>Tokens, and a token for each.</summary>
    public static Batches<int> OfTokens(int count, int vocabulary)
    {
        var random = new Random(1);
        return new([.. Enumerable.Range(0, Count).Select(_ => (Draw(count, () => random.Next(vocabulary)), Draw(count, () => random.Next(vocabulary))))]);
    }

    static T[] Draw<T>(int count, Func<T> next) => [.. Enumerable.Range(0, count).Select(_ => next())];

    // Box and Muller, 1958.
    static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
