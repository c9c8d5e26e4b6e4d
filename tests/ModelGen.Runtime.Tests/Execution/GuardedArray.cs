using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelGen.Execution.Tests;

/// <summary>Native memory with canaries on both sides: what a kernel writes beside its output is found.</summary>
sealed unsafe class GuardedArray<T> : IDisposable where T : unmanaged, INumber<T>
{
    const int Guard = 64;
    readonly byte* memory;

    internal GuardedArray(nint length)
    {
        Length = length;
        memory = (byte*)NativeMemory.Alloc((nuint)(length * sizeof(T) + 2 * Guard));
        new Span<byte>(memory, Guard).Fill(0xA5);
        new Span<byte>(memory + Guard + length * sizeof(T), Guard).Fill(0xA5);
        // What a kernel must not read is NaN, so that reading it shows.
        Values.Fill(T.CreateSaturating(double.NaN));
    }

    internal nint Length { get; }

    internal T* Pointer => (T*)(memory + Guard);

    internal Span<T> Values => new(Pointer, (int)Length);

    /// <summary>Numbers between -1 and 1, of which no two neighbours are equal.</summary>
    internal GuardedArray<T> Randomize(int seed)
    {
        var random = new Random(seed);
        foreach (ref T value in Values)
            value = T.CreateChecked(random.NextDouble() * 2 - 1);
        return this;
    }

    public void Dispose()
    {
        bool intact = new ReadOnlySpan<byte>(memory, Guard).IndexOfAnyExcept((byte)0xA5) < 0
            && new ReadOnlySpan<byte>(memory + Guard + Length * sizeof(T), Guard).IndexOfAnyExcept((byte)0xA5) < 0;
        NativeMemory.Free(memory);
        Assert.True(intact, "A kernel wrote outside its output.");
    }
}
