using System.Diagnostics;
using System.Globalization;
using ModelGen.Benchmarks.Measuring;
using ModelGen.Benchmarks.Models;

namespace ModelGen.Benchmarks;

/// <summary>What a short program waits for: from the start of the process to the end of the first training step, and the memory that took.</summary>
internal static class FirstStep
{
    public static int Print()
    {
        var (x, y) = Batches.OfNumbers(64, 784, 10).Next();
        var model = new Mlp();
        model.TrainStep(x, y, new Sgd(0.01, momentum: 0.9));
        using var process = Process.GetCurrentProcess();
        double microseconds = (DateTime.Now - process.StartTime).TotalMicroseconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $$"""{"workload":"W1_first_step","threads":{{ModelGenOptions.Threads}},"us":{{microseconds:0}},"peak_bytes":{{process.PeakWorkingSet64}}}"""));
        return 0;
    }
}
