using System.ComponentModel;

namespace ModelGen;

/// <summary>
/// The memory in which one call keeps its intermediate values. A model takes one from its pool for each call; whoever wants control
/// over memory and threads creates one and passes it in. A workspace serves one call at a time.
/// </summary>
public sealed unsafe class Workspace : IDisposable
{
    Execution.NativeArray? memory;
    int busy;
    bool disposed;

    /// <summary>An empty workspace: it grows at its first use.</summary>
    public Workspace() { }

    /// <param name="bytes">The memory to start with; it grows when a call needs more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public Workspace(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes > 0) memory = new Execution.NativeArray(bytes);
    }

    /// <summary>The memory it holds now, in bytes.</summary>
    public long Bytes => memory?.Bytes ?? 0;

    /// <summary>The first byte, aligned to 64; null while empty. Valid until the workspace grows or is disposed.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public byte* Pointer => memory is { } m ? (byte*)m.Pointer : null;

    /// <summary>Takes the workspace for one call and makes it hold at least <paramref name="bytes"/>. Newly grown memory is zero; old contents are lost when it grows.</summary>
    /// <exception cref="InvalidOperationException">Another call is using it.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public byte* Enter(long bytes)
    {
        if (Interlocked.CompareExchange(ref busy, 1, 0) != 0) throw new InvalidOperationException(
            "This workspace is used by another call that is still running; give each thread its own Workspace.");
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (memory is null || memory.Bytes < bytes)
            {
                var larger = new Execution.NativeArray(bytes);
                memory?.Dispose();
                memory = larger;
            }
            return (byte*)memory.Pointer;
        }
        catch
        {
            Volatile.Write(ref busy, 0);
            throw;
        }
    }

    /// <summary>Ends the call that <see cref="Enter"/> began.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void Exit() => Volatile.Write(ref busy, 0);

    /// <summary>Frees the memory.</summary>
    /// <exception cref="InvalidOperationException">A call is using it.</exception>
    public void Dispose()
    {
        if (Interlocked.CompareExchange(ref busy, 1, 0) != 0) throw new InvalidOperationException(
            "This workspace cannot be disposed while a call is using it.");
        disposed = true;
        memory?.Dispose();
        memory = null;
        Volatile.Write(ref busy, 0);
    }
}
