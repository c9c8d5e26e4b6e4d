using System.Text;
using static ModelGen.Gpu.OpenClApi;

namespace ModelGen.Gpu;

/// <summary>What kind of processor a device is.</summary>
public enum OpenClDeviceKind
{
    /// <summary>A graphics processor.</summary>
    Gpu,

    /// <summary>Another accelerator.</summary>
    Accelerator,

    /// <summary>The machine's own processor, through a driver such as PoCL.</summary>
    Cpu,
}

/// <summary>A device of this machine that runs OpenCL kernels.</summary>
public sealed unsafe class OpenClDevice
{
    const int PlatformNotFound = -1001, DeviceNotFound = -1;
    const ulong AllTypes = 0xFFFFFFFF, CpuType = 2, GpuType = 4;
    const uint PlatformName = 0x0902;
    const uint DeviceType = 0x1000, ComputeUnits = 0x1002, GroupSize = 0x1004, GlobalBytes = 0x101F, LocalBytes = 0x1023, DeviceName = 0x102B, DeviceVersion = 0x102F, Extensions = 0x1030;

    OpenClDevice(nint platform, nint id)
    {
        Id = id;
        PlatformId = platform;
        Platform = Text((capacity, value, size) => clGetPlatformInfo(platform, PlatformName, capacity, value, size), "clGetPlatformInfo");
        Name = Text(DeviceName);
        Version = Text(DeviceVersion);
        ulong type = Number<ulong>(DeviceType);
        Kind = (type & GpuType) != 0 ? OpenClDeviceKind.Gpu : (type & CpuType) != 0 ? OpenClDeviceKind.Cpu : OpenClDeviceKind.Accelerator;
        UnitCount = checked((int)Number<uint>(ComputeUnits));
        LargestGroup = checked((int)Number<nuint>(GroupSize));
        MemoryBytes = checked((long)Number<ulong>(GlobalBytes));
        LocalMemoryBytes = checked((long)Number<ulong>(LocalBytes));
        SupportsDouble = Text(Extensions).Contains("cl_khr_fp64", StringComparison.Ordinal);
    }

    internal nint Id { get; }
    internal nint PlatformId { get; }

    /// <summary>The driver, for example <c>Portable Computing Language</c>.</summary>
    public string Platform { get; }

    /// <summary>The device's name, from its driver.</summary>
    public string Name { get; }

    /// <summary>The version of OpenCL that it implements, and of its driver.</summary>
    public string Version { get; }

    /// <summary>What it is.</summary>
    public OpenClDeviceKind Kind { get; }

    /// <summary>Compute units: how many work-groups run at once, at least.</summary>
    public int UnitCount { get; }

    /// <summary>Work-items in the largest work-group.</summary>
    public int LargestGroup { get; }

    /// <summary>Memory for buffers, in bytes.</summary>
    public long MemoryBytes { get; }

    /// <summary>Memory that the items of one work-group share, in bytes.</summary>
    public long LocalMemoryBytes { get; }

    /// <summary>Whether kernels may compute in double precision.</summary>
    public bool SupportsDouble { get; }

    /// <summary>All devices of this machine, GPUs first; none where no driver is installed.</summary>
    /// <exception cref="OpenClException">A driver failed.</exception>
    public static IReadOnlyList<OpenClDevice> All()
    {
        if (!IsInstalled) return [];
        uint count = 0;
        int code = clGetPlatformIDs(0, null, &count);
        if (code == PlatformNotFound || (code == 0 && count == 0)) return [];
        OpenClException.Check(code, "clGetPlatformIDs");
        var platforms = new nint[count];
        fixed (nint* first = platforms) OpenClException.Check(clGetPlatformIDs(count, first, null), "clGetPlatformIDs");
        // OrderBy keeps the drivers' order among equals.
        return [.. platforms.SelectMany(DevicesOf).OrderBy(d => d.Kind)];
    }

    /// <summary>The first GPU, or what else there is.</summary>
    /// <exception cref="OpenClException">There is no OpenCL device; the message says what is missing.</exception>
    public static OpenClDevice Default => All() is [var first, ..] ? first : throw new OpenClException(IsInstalled
        ? "OpenCL has no device: no driver is installed. Install the GPU's driver, or PoCL (Debian: pocl-opencl-icd) to compute on the processor."
        : $"OpenCL is not installed: {LibraryNames} cannot be loaded. Install the GPU's driver and the loader of drivers (Debian: ocl-icd-libopencl1).");

    static IEnumerable<OpenClDevice> DevicesOf(nint platform)
    {
        uint count = 0;
        int code = clGetDeviceIDs(platform, AllTypes, 0, null, &count);
        if (code == DeviceNotFound || (code == 0 && count == 0)) return [];
        OpenClException.Check(code, "clGetDeviceIDs");
        var devices = new nint[count];
        fixed (nint* first = devices) OpenClException.Check(clGetDeviceIDs(platform, AllTypes, count, first, null), "clGetDeviceIDs");
        return devices.Select(d => new OpenClDevice(platform, d));
    }

    T Number<T>(uint name) where T : unmanaged
    {
        T value = default;
        OpenClException.Check(clGetDeviceInfo(Id, name, (nuint)sizeof(T), &value, null), "clGetDeviceInfo");
        return value;
    }

    string Text(uint name) => Text((capacity, value, size) => clGetDeviceInfo(Id, name, capacity, value, size), "clGetDeviceInfo");

    internal delegate int Query(nuint capacity, void* value, nuint* size);

    /// <summary>A string of unknown length: first its size is asked for, then its bytes.</summary>
    internal static string Text(Query query, string call)
    {
        nuint size = 0;
        OpenClException.Check(query(0, null, &size), call);
        var bytes = new byte[checked((int)size)];
        fixed (byte* first = bytes) OpenClException.Check(query(size, first, null), call);
        return Encoding.UTF8.GetString(bytes).TrimEnd('\0').Trim();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Platform}, {Version})";
}
