using System.Diagnostics;
using ModelGen.EndToEnd.Tests.Models;

namespace ModelGen.EndToEnd.Tests.Networks;

public sealed class TimingScratch
{
    [Fact]
    public void Times()
    {
        var text = new System.Text.StringBuilder();
        foreach (int threads in new[] { 1, 2 })
        {
            ModelGenOptions.Threads = threads;
            var net = new DigitNet();
            using PerExampleGradients all = new(), lean = new() { KeepsGradients = false, MaxNorm = 1 };
            int n = 64;
            float[] x = [.. Patterns.Images.AsSpan(0, n * 64)];
            int[] y = [.. Patterns.Labels.AsSpan(0, n)];
            Time("batch", () => net.ComputeGradients(x, y));
            Time("loop of one", () => { for (int i = 0; i < n; i++) net.ComputeGradients(x.AsSpan(i * 64, 64), y.AsSpan(i, 1)); });
            Time("kept", () => net.ComputePerExampleGradients(x, y, all));
            Time("lean", () => net.ComputePerExampleGradients(x, y, lean));
            void Time(string what, Action action)
            {
                for (int i = 0; i < 30; i++) action();
                double best = double.MaxValue;
                for (int i = 0; i < 150; i++)
                {
                    long start = Stopwatch.GetTimestamp();
                    action();
                    best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                }
                text.AppendLine($"DigitNet 64, {threads} threads, {what}: {best:F0} us");
            }
        }
        File.WriteAllText("/tmp/d6_timing.txt", text.ToString());
    }
}
