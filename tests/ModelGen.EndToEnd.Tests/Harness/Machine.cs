using ModelGen.Execution;

namespace ModelGen.EndToEnd.Tests.Harness;

/// <summary>Runs what follows on vectors of a width and a team of a size, even for little work; the process's own settings come back at the end.</summary>
internal sealed class Machine : IDisposable
{
    readonly SimdWidth width = Simd.Width;
    readonly int threads = ModelGenOptions.Threads;
    readonly long workOfOneThread = WorkerPool.WorkOfOneThread;

    Machine(SimdWidth newWidth, int newThreads) =>
        (Simd.Width, ModelGenOptions.Threads, WorkerPool.WorkOfOneThread, ThreadChoice.IsMeasured) = (newWidth, newThreads, 0, false);

    public static IReadOnlyList<SimdWidth> Widths { get; } = [SimdWidth.Bits512, SimdWidth.Bits256, SimdWidth.Bits128, SimdWidth.Scalar];

    public static Machine With(SimdWidth width, int threads = 1) => new(width, threads);

    public static Machine With(int threads) => new(Simd.Width, threads);

    public void Dispose() =>
        (Simd.Width, ModelGenOptions.Threads, WorkerPool.WorkOfOneThread, ThreadChoice.IsMeasured) = (width, threads, workOfOneThread, true);
}
