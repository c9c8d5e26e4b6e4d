namespace ModelGen.Execution.Tests;

/// <summary>Runs a test's kernel call on a team of a given size.</summary>
static unsafe class OnTeam
{

    internal static readonly int[] Sizes = [1, 2, 3];

    internal static void Run(int threads, Action<Team> kernel)
    {
        // The body gets no managed state, so the delegate travels in a handle.
        var handle = System.Runtime.InteropServices.GCHandle.Alloc(kernel);
        try
        {
            WorkerPool.Run(&Body, (void*)System.Runtime.InteropServices.GCHandle.ToIntPtr(handle), threads);
        }
        finally
        {
            handle.Free();
        }
    }

    static void Body(void* state, Team team) =>
        ((Action<Team>)System.Runtime.InteropServices.GCHandle.FromIntPtr((nint)state).Target!)(team);
}
