using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>
/// Zeroed native memory, aligned to 64 bytes. The finalizer frees it, so whoever uses <see cref="Pointer"/> keeps this object reachable.
/// </summary>
internal sealed unsafe partial class NativeArray : IDisposable
{
    public const int Alignment = 64;

    // From this size on, the system is asked for pages of 2 MB: with pages of 4 KB, walking through weights misses the address cache all the time.
    const int HugePage = 2 << 20;

    void* pointer;

    public NativeArray(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        // Whole cache lines: a vector that starts inside the array never leaves it.
        Bytes = Math.Max(Alignment, checked(bytes + Alignment - 1) / Alignment * Alignment);
        bool huge = Bytes >= HugePage;
        pointer = NativeMemory.AlignedAlloc(checked((nuint)Bytes), (nuint)(huge ? HugePage : Alignment));
        if (huge && OperatingSystem.IsLinux()) _ = Advise(pointer, (nuint)Bytes, AdviseHugePage);   // a wish: refused, all works as before
        NativeMemory.Clear(pointer, (nuint)Bytes);
        GC.AddMemoryPressure(Bytes);
    }

    ~NativeArray() => Free();

    public long Bytes { get; }
    public void* Pointer => pointer;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    void Free()
    {
        if (pointer == null) return;
        NativeMemory.AlignedFree(pointer);
        pointer = null;
        GC.RemoveMemoryPressure(Bytes);
    }

    const int AdviseHugePage = 14;   // MADV_HUGEPAGE

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint bytes, int advice);
}
