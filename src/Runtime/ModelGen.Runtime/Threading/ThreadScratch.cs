using System.Runtime.InteropServices;

namespace ModelGen.Execution;

/// <summary>One block of native memory a thread, which grows and lives as long as the thread.</summary>
sealed unsafe class ThreadScratch
{
    const nuint Alignment = 64;

    [ThreadStatic]
    static ThreadScratch? current;

    byte* memory;
    nint size;

    internal static byte* Get(nint bytes)
    {
        ThreadScratch scratch = current ??= new();
        return bytes <= scratch.size ? scratch.memory : scratch.Grow(bytes);
    }

    byte* Grow(nint bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        // Half as much again, so that a slowly growing need does not allocate every time; zero bytes still give an address.
        nint wanted = (Math.Max(bytes, size + size / 2) + 4096) & ~(nint)4095;
        void* grown = NativeMemory.AlignedAlloc((nuint)wanted, Alignment);
        NativeMemory.AlignedFree(memory);
        memory = (byte*)grown;
        size = wanted;
        return memory;
    }

    ~ThreadScratch() => NativeMemory.AlignedFree(memory);
}
