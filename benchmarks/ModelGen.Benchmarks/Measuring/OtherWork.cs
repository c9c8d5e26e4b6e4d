using System.Diagnostics;
using System.Globalization;

namespace ModelGen.Benchmarks.Measuring;

/// <summary>Processes that keep the processors busy, for as long as it is not disposed: this program, started again with <c>--spin</c>.</summary>
internal sealed class OtherWork : IDisposable
{
    readonly Process[] processes;

    /// <param name="count">How many processes.</param>
    public OtherWork(int count)
    {
        // Under the dotnet host the program is its first argument.
        string host = Environment.ProcessPath!, program = Path.Combine(AppContext.BaseDirectory, "ModelGen.Benchmarks.dll");
        string[] spin = ["--spin", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)];
        string[] arguments = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [program, .. spin] : spin;
        processes = [.. Enumerable.Range(0, count).Select(_ => Process.Start(host, arguments))];
        Thread.Sleep(300);   // until they have started
    }

    /// <summary>What the processes do: nothing, at full speed, until the process that started them is gone.</summary>
    public static int Spin(int parent)
    {
        using var starter = Process.GetProcessById(parent);
        while (!starter.HasExited)
        {
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < 0.2);
        }
        return 0;
    }

    public void Dispose()
    {
        foreach (var process in processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
