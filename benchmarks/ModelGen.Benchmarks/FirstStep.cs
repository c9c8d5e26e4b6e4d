using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using ModelGen.Benchmarks.Measuring;
using ModelGen.Benchmarks.Models;

namespace ModelGen.Benchmarks;

/// <summary>What a short program waits for: from the start of the process to the end of the first training step, how much of that the JIT took, and the memory.</summary>
internal static class FirstStep
{
    public static int Print(int threads)
    {
        ModelGenOptions.Threads = threads;
        // One batch, as in benchmarks/peers/first_step.py.
        var (x, y) = Batches.OfNumbers(64, 784, 10, count: 1).Next();
        var model = new Mlp();
        model.TrainStep(x, y, new Sgd(0.01, momentum: 0.9));
        using var process = Process.GetCurrentProcess();
        double microseconds = (DateTime.Now - process.StartTime).TotalMicroseconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $$"""{"workload":"W1_first_step","threads":{{ModelGenOptions.Threads}},"us":{{microseconds:0}},"jit_us":{{JitInfo.GetCompilationTime().TotalMicroseconds:0}},"jit_methods":{{JitInfo.GetCompiledMethodCount()}},"peak_bytes":{{process.PeakWorkingSet64}}}"""));
        return 0;
    }
}
