namespace ModelGen.Benchmarks.Measuring;

/// <summary>Eight batches in memory, given out in turn, so that no step sees data that the last one left in the cache.</summary>
internal sealed class Batches
{
    const int Count = 8;

    readonly float[][] inputs;
    readonly int[][] labels;
    int next;

    public Batches(int batch, int elements, int classes)
    {
        var random = new Random(1);
        inputs = [.. Enumerable.Range(0, Count).Select(_ => Enumerable.Range(0, batch * elements).Select(_ => (float)Normal(random)).ToArray())];
        labels = [.. Enumerable.Range(0, Count).Select(_ => Enumerable.Range(0, batch).Select(_ => random.Next(classes)).ToArray())];
    }

    public (float[] Input, int[] Labels) Next()
    {
        next = (next + 1) % Count;
        return (inputs[next], labels[next]);
    }

    // Box and Muller, 1958.
    static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
