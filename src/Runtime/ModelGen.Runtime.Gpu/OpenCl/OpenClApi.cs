using System.Reflection;
using System.Runtime.InteropServices;

namespace ModelGen.Gpu;

/// <summary>
/// The functions of OpenCL 1.2 that the host needs, as the Khronos specification declares them. The library is the machine's loader of OpenCL drivers;
/// it is looked for at the first call, so that a program without a GPU does not need it.
/// </summary>
internal static unsafe partial class OpenClApi
{
    const string Library = "OpenCL";

    static readonly string[] Files = OperatingSystem.IsWindows() ? ["OpenCL.dll"]
        : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"]
        : ["libOpenCL.so.1", "libOpenCL.so"];

    static readonly Lazy<nint> Loaded = new(static () =>
    {
        foreach (string file in Files)
            if (NativeLibrary.TryLoad(file, out nint handle)) return handle;
        return 0;
    });

    /// <summary>Whether the loader of OpenCL drivers is installed. It says nothing about drivers.</summary>
    public static bool IsInstalled => Loaded.Value != 0;

    /// <summary>What was looked for, for messages.</summary>
    public static string LibraryNames => string.Join(" or ", Files);

    static OpenClApi() => NativeLibrary.SetDllImportResolver(typeof(OpenClApi).Assembly, Resolve);

    // 0 lets the platform look for itself, and fail.
    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Library ? Loaded.Value : 0;

    [LibraryImport(Library)]
    public static partial int clGetPlatformIDs(uint capacity, nint* platforms, uint* count);

    [LibraryImport(Library)]
    public static partial int clGetPlatformInfo(nint platform, uint name, nuint capacity, void* value, nuint* size);

    [LibraryImport(Library)]
    public static partial int clGetDeviceIDs(nint platform, ulong type, uint capacity, nint* devices, uint* count);

    [LibraryImport(Library)]
    public static partial int clGetDeviceInfo(nint device, uint name, nuint capacity, void* value, nuint* size);

    [LibraryImport(Library)]
    public static partial nint clCreateContext(nint* properties, uint count, nint* devices, nint callback, nint userData, int* error);

    [LibraryImport(Library)]
    public static partial int clReleaseContext(nint context);

    [LibraryImport(Library)]
    public static partial nint clCreateCommandQueue(nint context, nint device, ulong properties, int* error);

    [LibraryImport(Library)]
    public static partial int clReleaseCommandQueue(nint queue);

    [LibraryImport(Library)]
    public static partial int clFinish(nint queue);

    [LibraryImport(Library)]
    public static partial nint clCreateProgramWithSource(nint context, uint count, byte** texts, nuint* lengths, int* error);

    [LibraryImport(Library)]
    public static partial int clBuildProgram(nint program, uint count, nint* devices, byte* options, nint callback, nint userData);

    [LibraryImport(Library)]
    public static partial int clGetProgramBuildInfo(nint program, nint device, uint name, nuint capacity, void* value, nuint* size);

    [LibraryImport(Library)]
    public static partial int clReleaseProgram(nint program);

    [LibraryImport(Library)]
    public static partial nint clCreateKernel(nint program, byte* name, int* error);

    [LibraryImport(Library)]
    public static partial int clSetKernelArg(nint kernel, uint index, nuint size, void* value);

    [LibraryImport(Library)]
    public static partial int clReleaseKernel(nint kernel);

    [LibraryImport(Library)]
    public static partial int clEnqueueNDRangeKernel(nint queue, nint kernel, uint dimensions, nuint* offset, nuint* globalSize, nuint* localSize,
        uint waitCount, nint* waitFor, nint* done);

    [LibraryImport(Library)]
    public static partial nint clCreateBuffer(nint context, ulong flags, nuint size, void* host, int* error);

    [LibraryImport(Library)]
    public static partial int clReleaseMemObject(nint memory);

    [LibraryImport(Library)]
    public static partial int clEnqueueReadBuffer(nint queue, nint buffer, uint blocking, nuint offset, nuint size, void* target, uint waitCount, nint* waitFor, nint* done);

    [LibraryImport(Library)]
    public static partial int clEnqueueWriteBuffer(nint queue, nint buffer, uint blocking, nuint offset, nuint size, void* source, uint waitCount, nint* waitFor, nint* done);
}
