using System.ComponentModel;
using System.Diagnostics;

namespace ModelGen.Execution;

/// <summary>
/// Chooses for one program, call by call, how many threads run it: all, half of them, a quarter, down to one; by what calls took so far. Small networks are
/// faster on one thread, and so is everything when other work keeps the processors busy, because a team waits for its slowest member. Now and then it tries
/// the next choice, because the machine may have changed. The choice changes no bit of a result.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class ThreadChoice
{
    // Halving MaxThreads down to 1.
    const int Levels = 11;

    // The first calls are compiled and fill the pools: they say nothing.
    const int WarmUp = 4;

    // After so many calls another choice is tried: soon after a decision, which may be wrong (code is still being compiled, a call was disturbed), and each time
    // that it was slower after twice as many.
    const int FirstInterval = 8, LongestInterval = 512;

    // The weight of a new measurement: one disturbed call does not turn the choice.
    const double Weight = 0.25;

    // For all threads, half of them, ...: the ticks for one multiply-add; 0 before the first measurement. Concurrent calls may lose a measurement of
    // each other, which does no harm.
    readonly double[] ticks = new double[Levels];
    int known, current, calls, nextTry, interval = FirstInterval;
    bool fewer;

    /// <summary>False while a test wants teams of exactly the size that it sets.</summary>
    internal static bool IsMeasured { get; set; } = true;

    /// <summary>Runs the program on as many threads as are best for so many multiply-adds.</summary>
    /// <param name="body">The program.</param>
    /// <param name="state">What every thread gets.</param>
    /// <param name="multiplyAdds">The work of this call.</param>
    public void Run(delegate*<void*, Team, void> body, void* state, long multiplyAdds)
    {
        int threads = WorkerPool.ThreadsFor(multiplyAdds);
        if (threads == 1 || !IsMeasured)
        {
            WorkerPool.Run(body, state, threads);
            return;
        }
        int chosen = Next(threads);
        long start = Stopwatch.GetTimestamp();
        WorkerPool.Run(body, state, chosen);
        Measured(threads, chosen, Stopwatch.GetTimestamp() - start, multiplyAdds);
    }

    /// <summary>The number of threads for the next call, when there are so many.</summary>
    internal int Next(int threads)
    {
        if (threads != known) (known, current, calls, nextTry, interval) = (threads, 0, 0, WarmUp, FirstInterval);
        int call = calls++;
        if (call == 0) Array.Clear(ticks);
        if (call < nextTry || call <= WarmUp) return Count(current);
        // Fewer and more threads in turn; at the ends there is only one way.
        fewer = current == 0 || (Count(current) > 1 && !fewer);
        nextTry = call + interval;
        return Count(fewer ? current + 1 : current - 1);
    }

    internal void Measured(int threads, int chosen, long elapsed, long multiplyAdds)
    {
        if (calls <= WarmUp || threads != known) return;
        int level = 0;
        while (level < Levels - 1 && Count(level) > chosen) level++;
        double each = (double)elapsed / multiplyAdds;
        ref double average = ref ticks[level];
        bool isTry = level != current;
        // What is known of a choice that is seldom tried is old: a better measurement replaces it.
        average = average == 0 || (isTry && each < average) ? each : average + (Weight * (each - average));
        int best = current;
        if (current > 0 && ticks[current - 1] is > 0 and var more && more < ticks[best]) best = current - 1;
        if (current < Levels - 1 && ticks[current + 1] is > 0 and var less && less < ticks[best]) best = current + 1;
        if (best != current)
        {
            // From here the next choice may be better still.
            (current, interval, nextTry) = (best, FirstInterval, Math.Min(nextTry, calls + FirstInterval));
            if (isTry && Count(best) > 1 && ticks[best + 1] == 0) nextTry = calls;
        }
        else if (isTry)
        {
            interval = Math.Min(2 * interval, LongestInterval);
            nextTry = calls + interval;
        }
    }

    int Count(int level) => Math.Max(1, known >> level);
}
