using static ModelGen.Gpu.OpenClApi;

namespace ModelGen.Gpu;

/// <summary>A kernel and its arguments. One thread at a time may set arguments and run it.</summary>
public sealed unsafe class OpenClKernel : OpenClObject
{
    readonly OpenClContext context;

    internal OpenClKernel(OpenClContext context, nint handle, string name) : base(handle) => (this.context, Name) = (context, name);

    /// <summary>The name of its function.</summary>
    public string Name { get; }

    /// <summary>Sets an argument of a plain type: <c>int</c>, <c>float</c>, <c>double</c>.</summary>
    /// <param name="index">The parameter, from 0.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="OpenClException">There is no such parameter, or it has another size.</exception>
    public OpenClKernel With<T>(int index, T value) where T : unmanaged => Set(index, (nuint)sizeof(T), &value);

    /// <summary>Sets an argument that points to a buffer. The caller keeps the buffer until the kernel has run.</summary>
    /// <param name="index">The parameter, from 0.</param>
    /// <param name="buffer">The memory.</param>
    /// <exception cref="OpenClException">There is no such parameter, or it is no pointer.</exception>
    public OpenClKernel With<T>(int index, OpenClBuffer<T> buffer) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(buffer);
        nint memory = buffer.Handle;
        return Set(index, (nuint)sizeof(nint), &memory);
    }

    /// <summary>Enqueues <paramref name="groups"/> work-groups of <paramref name="groupSize"/> items, in one dimension. None is no work.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or the group has no items.</exception>
    /// <exception cref="OpenClException">An argument is missing, or the device cannot start groups of that size.</exception>
    public void Run(long groups, int groupSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(groups);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groupSize);
        if (groups == 0) return;
        nuint global = checked((nuint)groups * (nuint)groupSize), local = (nuint)groupSize;
        int code = clEnqueueNDRangeKernel(context.Queue, Handle, 1, null, &global, &local, 0, null, null);
        if (code != 0) throw new OpenClException(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The kernel '{Name}' cannot start {groups} groups of {groupSize} items on {context.Device}: {OpenClException.Describe(code)}."), code);
        GC.KeepAlive(this);
    }

    OpenClKernel Set(int index, nuint size, void* value)
    {
        int code = clSetKernelArg(Handle, checked((uint)index), size, value);
        if (code != 0) throw new OpenClException(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The kernel '{Name}' does not take its argument {index} ({size} bytes): {OpenClException.Describe(code)}."), code);
        GC.KeepAlive(this);
        return this;
    }

    private protected override void Release(nint handle) => _ = clReleaseKernel(handle);
}
