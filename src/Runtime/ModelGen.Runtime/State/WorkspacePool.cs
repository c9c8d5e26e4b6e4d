namespace ModelGen.Execution;

/// <summary>
/// Workspaces between calls. Slots, not a linked stack: a stack whose nodes come back would need protection against the ABA problem.
/// </summary>
internal sealed class WorkspacePool : IDisposable
{
    readonly Workspace?[] slots = new Workspace?[Math.Max(4, 2 * Environment.ProcessorCount)];

    /// <summary>A workspace of at least <paramref name="bytes"/>, in use until <see cref="Return"/>.</summary>
    public Workspace Rent(long bytes)
    {
        foreach (ref var slot in slots.AsSpan())
            if (Volatile.Read(ref slot) is not null && Interlocked.Exchange(ref slot, null) is { } pooled)
                return Enter(pooled, bytes);
        return Enter(new Workspace(), bytes);
    }

    static unsafe Workspace Enter(Workspace workspace, long bytes)
    {
        workspace.Enter(bytes);
        return workspace;
    }

    public void Return(Workspace workspace)
    {
        workspace.Exit();
        foreach (ref var slot in slots.AsSpan())
            if (Volatile.Read(ref slot) is null && Interlocked.CompareExchange(ref slot, workspace, null) is null)
                return;
        workspace.Dispose();   // more concurrent calls than processors: let the memory go
    }

    public void Dispose()
    {
        foreach (ref var slot in slots.AsSpan()) Interlocked.Exchange(ref slot, null)?.Dispose();
    }
}
