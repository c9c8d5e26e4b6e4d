using System.Numerics;

namespace ModelGen.Execution;

/// <summary>
/// The weights of the inference program in the layout of its kernels. A prediction uses the copy as long as the weights stay as they are; the first one after a
/// change makes it anew.
/// </summary>
internal sealed unsafe class PackedWeights<T> : IDisposable where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly Lock packing = new();
    NativeArray? memory;
    long packed = -1;

    /// <summary>See <see cref="ModelState{T}.Packed"/>.</summary>
    public T* Current(T* values, long version, long elements, delegate*<T*, T*, void> pack)
    {
        // The layout is that of the vectors, whose width tests change.
        long wanted = (version << 10) + (int)Simd.Width;
        if (Volatile.Read(ref packed) != wanted)
        {
            lock (packing)
            {
                if (packed != wanted)
                {
                    memory ??= new NativeArray(checked(elements * sizeof(T)));
                    pack(values, (T*)memory.Pointer);
                    Volatile.Write(ref packed, wanted);
                }
            }
        }
        return (T*)memory!.Pointer;
    }

    public void Dispose() => memory?.Dispose();
}
