using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelGen.Execution.Tests;

/// <summary>
/// Native memory whose end is the end of a page, with a page behind it that must not be touched, and one before it: a kernel that reads or writes beyond its
/// buffer ends the test run with a fault, at the instruction that did it. What lies between the first page and the elements is NaN, and is checked to be the same
/// afterwards. On Windows, where nobody has run the pages, there are NaNs on both sides instead.
/// </summary>
sealed unsafe class GuardedArray<T> : IDisposable where T : unmanaged, INumber<T>
{
    const byte Canary = 0xFF;   // NaN, in every element type that has one

    static readonly nint Page = Environment.SystemPageSize;
    static readonly bool HasPages = !OperatingSystem.IsWindows();

    readonly byte* memory;
    readonly nint before, behind, bytes;

    internal GuardedArray(nint length)
    {
        Length = length;
        nint size = length * sizeof(T);
        nint room = (size + Page - 1) / Page * Page;
        (before, behind) = HasPages ? (room - size, 0) : (64, 64);
        bytes = before + size + behind;
        memory = HasPages ? Pages.Map(room, Page) : (byte*)NativeMemory.Alloc((nuint)bytes);
        new Span<byte>(memory, (int)before).Fill(Canary);
        new Span<byte>(memory + bytes - behind, (int)behind).Fill(Canary);
        // What a kernel must not read is NaN, so that reading it shows.
        Values.Fill(T.CreateSaturating(double.NaN));
    }

    internal nint Length { get; }

    internal T* Pointer => (T*)(memory + before);

    internal Span<T> Values => new(Pointer, (int)Length);

    /// <summary>Numbers between -1 and 1, of which no two neighbours are equal.</summary>
    internal GuardedArray<T> Randomize(int seed) => Draw(random => T.CreateChecked(random.NextDouble() * 2 - 1), seed);

    internal GuardedArray<T> Draw(Func<Random, T> next, int seed = 5)
    {
        var random = new Random(seed);
        foreach (ref T value in Values) value = next(random);
        return this;
    }

    public void Dispose()
    {
        bool intact = new ReadOnlySpan<byte>(memory, (int)before).IndexOfAnyExcept(Canary) < 0 && new ReadOnlySpan<byte>(memory + bytes - behind, (int)behind).IndexOfAnyExcept(Canary) < 0;
        if (HasPages) Pages.Unmap(memory, bytes, Page);
        else NativeMemory.Free(memory);
        Assert.True(intact, "A kernel wrote outside its output.");
    }
}

/// <summary>Pages of memory between two that nothing may touch (POSIX).</summary>
static unsafe partial class Pages
{
    const int None = 0, ReadWrite = 3, Private = 2;
    static readonly int anonymous = OperatingSystem.IsMacOS() ? 0x1000 : 0x20;

    internal static byte* Map(nint bytes, nint page)
    {
        byte* all = MemoryMap(null, (nuint)(bytes + 2 * page), None, Private | anonymous, -1, 0);
        if ((nint)all == -1 || (bytes > 0 && MemoryProtect(all + page, (nuint)bytes, ReadWrite) != 0)) throw new InvalidOperationException($"No memory of {bytes} bytes between guard pages.");
        return all + page;
    }

    internal static void Unmap(byte* memory, nint bytes, nint page)
    {
        if (MemoryUnmap(memory - page, (nuint)(bytes + 2 * page)) != 0) throw new InvalidOperationException("Memory between guard pages could not be given back.");
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* MemoryMap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int MemoryProtect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int MemoryUnmap(void* address, nuint length);
}
