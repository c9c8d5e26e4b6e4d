using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ModelGen.IdeBenchmarks;

/// <summary>Wall time beside the processor time of this thread: on a busy machine the first says little. Milliseconds.</summary>
/// <param name="Wall">Elapsed.</param>
/// <param name="Cpu">Spent by this thread; the same as <paramref name="Wall"/> where the system cannot tell.</param>
internal readonly partial record struct ThreadTime(double Wall, double Cpu)
{
    const int ThreadCpuClock = 3;   // CLOCK_THREAD_CPUTIME_ID

    /// <summary>The least of several runs, each with its own preparation, which is not counted.</summary>
    public static ThreadTime Best<T>(int runs, Func<int, T> prepare, Action<T> measured)
    {
        var best = new ThreadTime(double.PositiveInfinity, double.PositiveInfinity);
        for (int i = 0; i < runs; i++)
        {
            var argument = prepare(i);
            var time = Once(() => measured(argument));
            best = new ThreadTime(Math.Min(best.Wall, time.Wall), Math.Min(best.Cpu, time.Cpu));
        }
        return best;
    }

    public static ThreadTime Once(Action measured)
    {
        long start = Stopwatch.GetTimestamp();
        double cpu = Cpu0();
        measured();
        double used = Cpu0() - cpu, wall = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return new ThreadTime(wall, OperatingSystem.IsLinux() ? used : wall);
    }

    static double Cpu0()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        _ = ClockGetTime(ThreadCpuClock, out var time);
        return (time.Seconds * 1e3) + (time.Nanoseconds / 1e6);
    }

    [StructLayout(LayoutKind.Sequential)]
    struct Time
    {
        public long Seconds, Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out Time time);
}
