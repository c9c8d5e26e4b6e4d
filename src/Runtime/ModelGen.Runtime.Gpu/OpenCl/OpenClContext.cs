using System.Text;
using static ModelGen.Gpu.OpenClApi;

namespace ModelGen.Gpu;

/// <summary>
/// One device at work: programs and buffers belong to a context, and its queue runs what is enqueued in that order. Calls on one context must not overlap.
/// </summary>
public sealed unsafe class OpenClContext : OpenClObject
{
    const nint PlatformProperty = 0x1084;

    readonly QueueHandle queue;

    /// <param name="device">Where to compute; null for <see cref="OpenClDevice.Default"/>.</param>
    /// <exception cref="OpenClException">There is no device, or the driver refused.</exception>
    public OpenClContext(OpenClDevice? device = null) : this(device ?? OpenClDevice.Default, 0)
    {
    }

    OpenClContext(OpenClDevice device, int _) : base(Create(device))
    {
        Device = device;
        queue = new QueueHandle(Handle, device);
    }

    /// <summary>Where it computes.</summary>
    public OpenClDevice Device { get; }

    internal nint Queue => queue.Handle;

    /// <summary>Compiles a program for the device.</summary>
    /// <param name="source">OpenCL C 1.2.</param>
    /// <param name="options">Options of clBuildProgram.</param>
    /// <exception cref="OpenClException">The program has errors: the message ends with the compiler's log.</exception>
    public OpenClProgram Build(string source, string options = "-cl-std=CL1.2")
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        return new OpenClProgram(this, source, options);
    }

    /// <summary>Memory of the device for elements; its contents are undefined.</summary>
    /// <param name="length">How many elements, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="OpenClException">The device has not so much memory.</exception>
    public OpenClBuffer<T> Allocate<T>(long length) where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new OpenClBuffer<T>(this, length);
    }

    /// <summary>Memory of the device with these elements.</summary>
    /// <exception cref="OpenClException">The device has not so much memory.</exception>
    public OpenClBuffer<T> Copy<T>(ReadOnlySpan<T> elements) where T : unmanaged
    {
        var buffer = Allocate<T>(elements.Length);
        buffer.Write(elements);
        return buffer;
    }

    /// <summary>Waits until everything enqueued has ended.</summary>
    /// <exception cref="OpenClException">A kernel failed.</exception>
    public void Finish()
    {
        OpenClException.Check(clFinish(Queue), nameof(clFinish));
        GC.KeepAlive(this);
    }

    static nint Create(OpenClDevice device)
    {
        int error;
        nint id = device.Id;
        nint* properties = stackalloc nint[3] { PlatformProperty, device.PlatformId, 0 };
        nint context = clCreateContext(properties, 1, &id, 0, 0, &error);
        OpenClException.Check(error, nameof(clCreateContext));
        return context;
    }

    private protected override void Release(nint handle)
    {
        queue?.Dispose();
        _ = clReleaseContext(handle);
    }

    // Zero-terminated, as the driver wants names and options.
    internal static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + "\0");

    sealed class QueueHandle(nint context, OpenClDevice device) : OpenClObject(Create(context, device))
    {
        static nint Create(nint context, OpenClDevice device)
        {
            int error;
            nint queue = clCreateCommandQueue(context, device.Id, 0, &error);
            OpenClException.Check(error, nameof(clCreateCommandQueue));
            return queue;
        }

        private protected override void Release(nint handle) => _ = clReleaseCommandQueue(handle);
    }
}
