using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>
/// Zeroed native memory, aligned to 64 bytes. The finalizer frees it, so whoever uses <see cref="Pointer"/> keeps this object reachable.
/// </summary>
internal sealed unsafe class NativeArray : IDisposable
{
    public const int Alignment = 64;
    void* pointer;

    public NativeArray(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        // Whole cache lines: a vector that starts inside the array never leaves it.
        Bytes = Math.Max(Alignment, checked(bytes + Alignment - 1) / Alignment * Alignment);
        pointer = NativeMemory.AlignedAlloc(checked((nuint)Bytes), Alignment);
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
}
