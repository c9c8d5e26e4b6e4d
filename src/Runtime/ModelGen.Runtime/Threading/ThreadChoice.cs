using System.ComponentModel;
using System.Diagnostics;

namespace ModelGen.Execution;

/// <summary>
/// Chooses for one program, call by call, between one thread and all, by what calls took so far: small networks are faster on one, and so is everything
/// when other work keeps the processors busy. Every now and then it tries the other choice, because both may change. The choice changes no bit of a result.
/// A number of threads that was set in <see cref="ModelGenOptions.Threads"/> is kept.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class ThreadChoice
{
    // One call in so many tries the other choice: it costs little when that is slow, and soon finds out when it is fast.
    const int TryEvery = 64;

    // The weight of a new measurement: one disturbed call does not turn the choice.
    const double Weight = 0.25;

    // Ticks for one multiply-add; 0 before the first measurement. Concurrent calls may lose a measurement of each other, which does no harm.
    double single, team;
    int calls;

    /// <summary>Runs the program on as many threads as are best for so many multiply-adds.</summary>
    /// <param name="body">The program.</param>
    /// <param name="state">What every thread gets.</param>
    /// <param name="multiplyAdds">The work of this call.</param>
    public void Run(delegate*<void*, Team, void> body, void* state, long multiplyAdds)
    {
        int threads = WorkerPool.ThreadsFor(multiplyAdds);
        if (threads == 1 || ModelGenOptions.ThreadsAreFixed)
        {
            WorkerPool.Run(body, state, threads);
            return;
        }
        bool isTeam = Next();
        long start = Stopwatch.GetTimestamp();
        WorkerPool.Run(body, state, isTeam ? threads : 1);
        Measured(isTeam, Stopwatch.GetTimestamp() - start, multiplyAdds);
    }

    /// <summary>Whether the next call runs on all threads.</summary>
    internal bool Next()
    {
        int call = calls++;
        // The first calls are compiled and fill the pools: they say nothing.
        if (call < 4) return true;
        if (single == 0) return false;
        bool isTeam = team <= single;
        return (call & (TryEvery - 1)) == 0 ? !isTeam : isTeam;
    }

    internal void Measured(bool isTeam, long ticks, long multiplyAdds)
    {
        if (calls <= 3) return;
        ref double known = ref isTeam ? ref team : ref single;
        double ticksEach = (double)ticks / multiplyAdds;
        known = known == 0 ? ticksEach : known + (Weight * (ticksEach - known));
    }
}
