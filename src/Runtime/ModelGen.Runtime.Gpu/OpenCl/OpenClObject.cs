namespace ModelGen.Gpu;

/// <summary>Something of the driver's that must be released. The driver counts references, so the order does not matter.</summary>
public abstract class OpenClObject : IDisposable
{
    nint handle;

    private protected OpenClObject(nint handle) => this.handle = handle;

    /// <summary>Releases what was not disposed.</summary>
    ~OpenClObject() => Free();

    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    internal nint Handle
    {
        get
        {
            nint value = Volatile.Read(ref handle);
            ObjectDisposedException.ThrowIf(value == 0, this);
            return value;
        }
    }

    private protected abstract void Release(nint handle);

    /// <summary>Releases it. Work that was enqueued with it still ends.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    void Free()
    {
        nint old = Interlocked.Exchange(ref handle, 0);
        if (old != 0) Release(old);
    }
}
