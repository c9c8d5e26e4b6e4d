using System.Numerics;

namespace ModelGen.Execution;

/// <summary>
/// The weights of the inference programs in the layout of their kernels. A call uses its program's copy as long as the weights stay as they are; the first one after
/// a change makes it anew.
/// </summary>
internal sealed unsafe class PackedWeights<T> : IDisposable where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>One program's copy. What packs it names the program, and the width of its vectors.</summary>
    sealed class Copy(nint pack, NativeArray memory)
    {
        public readonly nint Pack = pack;
        public readonly NativeArray Memory = memory;
        public long Version = -1;
    }

    readonly Lock packing = new();
    volatile Copy[] copies = [];

    /// <summary>See <see cref="ModelState{T}.Packed"/>.</summary>
    public T* Current(T* values, long version, long elements, delegate*<T*, T*, void> pack)
    {
        if (Find((nint)pack) is { } known && Volatile.Read(ref known.Version) == version) return (T*)known.Memory.Pointer;
        lock (packing)
        {
            var copy = Find((nint)pack);
            if (copy is null) copies = [.. copies, copy = new Copy((nint)pack, new NativeArray(checked(elements * sizeof(T))))];
            if (copy.Version != version)
            {
                pack(values, (T*)copy.Memory.Pointer);
                Volatile.Write(ref copy.Version, version);
            }
            return (T*)copy.Memory.Pointer;
        }
    }

    // A loop and no lambda: a call allocates nothing.
    Copy? Find(nint pack)
    {
        foreach (var copy in copies)
            if (copy.Pack == pack) return copy;
        return null;
    }

    public void Dispose()
    {
        foreach (var copy in copies) copy.Memory.Dispose();
    }
}
