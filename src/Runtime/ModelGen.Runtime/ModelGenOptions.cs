namespace ModelGen;

/// <summary>Settings of the whole process.</summary>
public static class ModelGenOptions
{
    static int threads = Environment.ProcessorCount;
    static bool fixedByUser;

    /// <summary>
    /// How many threads a training step or a prediction uses, the calling one included. Until it is set, it is the number of processors, and a call
    /// that was measured to be faster on one thread uses one; a number that is set is kept. May be set at any time and holds from the next call
    /// on. Results do not depend on it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1 or above 1024.</exception>
    public static int Threads
    {
        get => Volatile.Read(ref threads);
        set
        {
            if (value is < 1 or > Execution.WorkerPool.MaxThreads)
                throw new ArgumentOutOfRangeException(
                    nameof(value), value, $"ModelGenOptions.Threads must be between 1 and {Execution.WorkerPool.MaxThreads}.");
            Volatile.Write(ref threads, value);
            Volatile.Write(ref fixedByUser, true);
        }
    }

    /// <summary>Whether the number was set, and is no longer the machine's.</summary>
    internal static bool ThreadsAreFixed => Volatile.Read(ref fixedByUser);
}
