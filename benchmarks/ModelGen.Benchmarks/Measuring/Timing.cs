using System.Diagnostics;

namespace ModelGen.Benchmarks.Measuring;

/// <summary>Times of one call in microseconds, over samples of about a millisecond each (one call, when it takes longer).</summary>
internal sealed record Timing(double Median, double Mean, double Min, double Max, int Samples)
{
    const int FewestSamples = 15;

    /// <summary>Warms up (the JIT's tiers, pools, caches), then measures for that long, and never fewer than 15 samples.</summary>
    public static Timing Of(Action call, double seconds)
    {
        double warmUp = Math.Min(1, seconds);
        int calls = 0;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < warmUp || calls < 5)
        {
            call();
            calls++;
        }
        double each = Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
        int repeat = Math.Max(1, (int)Math.Round(1e-3 / each));
        var samples = new List<double>(4096);
        start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds || samples.Count < FewestSamples)
        {
            long sample = Stopwatch.GetTimestamp();
            for (int i = 0; i < repeat; i++) call();
            samples.Add(Stopwatch.GetElapsedTime(sample).TotalMicroseconds / repeat);
        }
        samples.Sort();
        int middle = samples.Count / 2;
        double median = samples.Count % 2 == 1 ? samples[middle] : (samples[middle - 1] + samples[middle]) / 2;
        return new Timing(median, samples.Average(), samples[0], samples[^1], samples.Count);
    }
}
