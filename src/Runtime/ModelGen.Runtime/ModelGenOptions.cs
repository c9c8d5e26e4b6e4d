namespace ModelGen;

/// <summary>Settings of the whole process.</summary>
public static class ModelGenOptions
{
    static int threads = Environment.ProcessorCount;

    /// <summary>
    /// How many threads a training step or a prediction may use, the calling one included; the number of processors, unless it is set. A call with
    /// little work, or one that was measured to be faster on fewer threads (because other programs keep the processors busy), uses fewer. May be
    /// set at any time and holds from the next call on. Results do not depend on it.
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
        }
    }
}
