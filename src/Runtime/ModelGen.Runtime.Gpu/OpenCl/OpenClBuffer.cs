using static ModelGen.Gpu.OpenClApi;

namespace ModelGen.Gpu;

/// <summary>Memory of a device for <see cref="Length"/> elements.</summary>
public sealed unsafe class OpenClBuffer<T> : OpenClObject where T : unmanaged
{
    const ulong ReadWrite = 1;

    readonly OpenClContext context;

    internal OpenClBuffer(OpenClContext context, long length) : base(Create(context, length)) => (this.context, Length) = (context, length);

    /// <summary>How many elements it holds.</summary>
    public long Length { get; }

    /// <summary>Copies elements to the device, from <paramref name="first"/> on; the span may be reused at once.</summary>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    /// <exception cref="OpenClException">The device refused.</exception>
    public void Write(ReadOnlySpan<T> elements, long first = 0)
    {
        CheckRange(elements.Length, first);
        if (elements.IsEmpty) return;
        fixed (T* source = elements)
            OpenClException.Check(clEnqueueWriteBuffer(context.Queue, Handle, 1, (nuint)(first * sizeof(T)), (nuint)elements.Length * (nuint)sizeof(T), source, 0, null, null), nameof(clEnqueueWriteBuffer));
        GC.KeepAlive(this);
    }

    /// <summary>Waits for the kernels enqueued before, and copies elements from the device, from <paramref name="first"/> on.</summary>
    /// <exception cref="ArgumentException">There are not so many.</exception>
    /// <exception cref="OpenClException">A kernel failed, or the device refused.</exception>
    public void Read(Span<T> elements, long first = 0)
    {
        CheckRange(elements.Length, first);
        if (elements.IsEmpty) return;
        fixed (T* target = elements)
            OpenClException.Check(clEnqueueReadBuffer(context.Queue, Handle, 1, (nuint)(first * sizeof(T)), (nuint)elements.Length * (nuint)sizeof(T), target, 0, null, null), nameof(clEnqueueReadBuffer));
        GC.KeepAlive(this);
    }

    void CheckRange(int count, long first)
    {
        if (first < 0 || count > Length - first) throw new ArgumentException(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"A buffer of {Length} elements has no {count} elements from element {first} on."), nameof(count));
    }

    static nint Create(OpenClContext context, long length)
    {
        int error;
        // The specification has no empty buffers.
        nint memory = clCreateBuffer(context.Handle, ReadWrite, checked((nuint)Math.Max(1, length) * (nuint)sizeof(T)), null, &error);
        OpenClException.Check(error, nameof(clCreateBuffer));
        GC.KeepAlive(context);
        return memory;
    }

    private protected override void Release(nint handle) => _ = clReleaseMemObject(handle);
}
