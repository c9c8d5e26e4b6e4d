using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>
/// The threads of the process that run kernels. A step forks once; inside it, barriers on counters keep the threads together.
/// </summary>
/// <remarks>
/// <para>A waiting thread spins for a moment and then yields, because a pure spin is a disaster on a busy machine; an idle
/// worker parks after some milliseconds, so that an idle program burns no processor.</para>
/// <para>One run at a time has the workers. A second caller, and a body that calls <see cref="Run"/> itself, runs its body
/// alone, with a team of one. Kernels give the same bits for every team size, so nobody can tell.</para>
/// <para>Kernels do not throw. If a body throws all the same, the threads that wait for it in a barrier are released with an
/// exception, the run ends, and the caller gets the first exception thrown; the outputs of the run are then undefined.</para>
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class WorkerPool
{
    /// <summary>The largest size of a team.</summary>
    public const int MaxThreads = 1024;

    // Counters of different threads lie 128 bytes apart: a cache line and the one that is fetched with it.
    internal const int Line = 16;
    const int SpinPauses = 300;

    static readonly Lock growing = new();
    static Worker[] workers = [];
    static int busy;

    // One line a thread: how many barriers of the run it has reached. The line after the last: nonzero when a thread has failed.
    static readonly long* barriers = AllocateLines(MaxThreads + 1);
    static ref long Aborted => ref barriers[MaxThreads * Line];
    static Exception? failure;
    static int lastTeam;

    // Below this a fork costs more than the second thread saves.
    internal static long WorkOfOneThread { get; set; } = 400_000;

    /// <summary>The size of the team for a step of that many multiply-adds: one for little work, else <see cref="ModelGenOptions.Threads"/>.</summary>
    public static int ThreadsFor(long multiplyAdds) => multiplyAdds < WorkOfOneThread ? 1 : ModelGenOptions.Threads;

    /// <summary>
    /// Runs <paramref name="body"/> with <paramref name="state"/> on <paramref name="threads"/> threads, the calling one being
    /// number 0, and returns when all are done.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is below 1 or above <see cref="MaxThreads"/>.</exception>
    public static void Run(delegate*<void*, Team, void> body, void* state, int threads)
    {
        if (threads == 1)
        {
            body(state, Team.Single);
            return;
        }
        if (threads is < 1 or > MaxThreads)
            throw new ArgumentOutOfRangeException(nameof(threads), threads, $"A team has between 1 and {MaxThreads} threads.");
        if (Interlocked.CompareExchange(ref busy, 1, 0) != 0)
        {
            body(state, Team.Single);
            return;
        }
        Exception? thrown;
        try
        {
            thrown = Fork(body, state, threads);
        }
        finally
        {
            Volatile.Write(ref busy, 0);
        }
        if (thrown is not null)
            ExceptionDispatchInfo.Throw(thrown);
    }

    static Exception? Fork(delegate*<void*, Team, void> body, void* state, int threads)
    {
        Worker[] team = workers;
        if (team.Length < threads - 1)
            team = Grow(threads - 1);
        // Counters only grow, and are equal after a run that went well; otherwise they start again.
        if (threads != lastTeam)
        {
            for (int i = 0; i < threads; i++)
                barriers[i * Line] = 0;
            lastTeam = threads;
        }
        for (int i = 0; i < threads - 1; i++)
            team[i].Start(body, state, threads);
        Execute(body, state, new Team(0, threads, barriers));
        for (int i = 0; i < threads - 1; i++)
            team[i].Join();
        if (failure is null)
            return null;
        Exception thrown = failure;
        failure = null;
        lastTeam = 0;
        Aborted = 0;
        return thrown;
    }

    static void Execute(delegate*<void*, Team, void> body, void* state, Team team)
    {
        try
        {
            body(state, team);
        }
        catch (Exception e)
        {
            // The first failure is published before the flag, so that those released by the flag are never the first.
            Interlocked.CompareExchange(ref failure, e, null);
            Volatile.Write(ref Aborted, 1);
        }
    }

    static Worker[] Grow(int count)
    {
        lock (growing)
        {
            Worker[] grown = workers;
            int old = grown.Length;
            Array.Resize(ref grown, count);
            for (int i = old; i < count; i++)
                grown[i] = new Worker(i + 1);
            workers = grown;
            return grown;
        }
    }

    internal static void WaitForAll(long* counters, int index, int count)
    {
        long reached = counters[index * Line] + 1;
        Volatile.Write(ref counters[index * Line], reached);
        for (int i = 0; i < count; i++)
        {
            for (int spins = 0; Volatile.Read(ref counters[i * Line]) < reached; spins++)
            {
                if (Volatile.Read(ref Aborted) != 0)
                    throw new OperationCanceledException("Another thread of the team failed.");
                Pause(spins);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Pause(int spins)
    {
        if (spins < SpinPauses)
            Thread.SpinWait(1);
        else
            Thread.Yield();
    }

    static long* AllocateLines(int lines)
    {
        nuint bytes = (nuint)(lines * Line * sizeof(long));
        long* memory = (long*)NativeMemory.AlignedAlloc(bytes, Line * sizeof(long));
        NativeMemory.Clear(memory, bytes);
        return memory;
    }

    /// <summary>A background thread that waits for work, and the lines on which it is told and tells.</summary>
#pragma warning disable CA1001 // The event lives as long as the process, like its thread.
    sealed class Worker
#pragma warning restore CA1001
    {
        const int MillisecondsBeforeParking = 4;

        readonly int index;
        readonly AutoResetEvent wake = new(false);
        // Line 0: the number of runs given to the worker. Line 1: the number done. Line 2: 1 while it is parked.
        readonly long* lines = AllocateLines(3);
        delegate*<void*, Team, void> body;
        void* state;
        int threads;

        internal Worker(int index)
        {
            this.index = index;
            var thread = new Thread(Loop) { IsBackground = true, Name = $"ModelGen worker {index}" };
            thread.UnsafeStart();
        }

        ref long Given => ref lines[0];

        ref long Done => ref lines[Line];

        ref long Parked => ref lines[2 * Line];

        internal void Start(delegate*<void*, Team, void> body, void* state, int threads)
        {
            this.body = body;
            this.state = state;
            this.threads = threads;
            Volatile.Write(ref Given, Given + 1);
            // Either this sees the worker parked, or the worker, between parking and sleeping, sees the new run.
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref Parked) != 0 && Interlocked.Exchange(ref Parked, 0) != 0)
                wake.Set();
        }

        internal void Join()
        {
            for (int spins = 0; Volatile.Read(ref Done) < Given; spins++)
                Pause(spins);
        }

        void Loop()
        {
            for (long run = 1; ; run++)
            {
                WaitForRun(run);
                Execute(body, state, new Team(index, threads, barriers));
                Volatile.Write(ref Done, run);
            }
        }

        void WaitForRun(long run)
        {
            long yieldingSince = 0;
            for (int spins = 0; Volatile.Read(ref Given) < run; spins++)
            {
                Pause(spins);
                if (spins < SpinPauses)
                    continue;
                if (yieldingSince == 0)
                    yieldingSince = Environment.TickCount64;
                if (Environment.TickCount64 - yieldingSince < MillisecondsBeforeParking)
                    continue;
                Interlocked.Exchange(ref Parked, 1);
                if (Volatile.Read(ref Given) >= run && Interlocked.Exchange(ref Parked, 0) != 0)
                    return;
                wake.WaitOne();
                yieldingSince = 0;
                spins = 0;
            }
        }
    }
}
