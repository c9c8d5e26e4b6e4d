using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// Numbers that lie in memory in 16 bits and are computed with in 32: loads widen, which loses nothing, and stores round to nearest, ties to even.
/// N is <see cref="BFloat16"/> or <see cref="Half"/>.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Narrow
{
    /// <summary>V.Count numbers; no alignment is needed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V, N>(N* source)
        where V : unmanaged
        where N : unmanaged
    {
        var bits = (ushort*)source;
        if (typeof(V) == typeof(F32x16))
            return Unsafe.BitCast<F32x16, V>(new(IsBFloat16<N>() ? NarrowBits512.FromBFloat16(NarrowBits512.Load(bits)) : NarrowBits512.FromFloat16(NarrowBits512.Load(bits))));
        if (typeof(V) == typeof(F32x8))
            return Unsafe.BitCast<F32x8, V>(new(IsBFloat16<N>() ? NarrowBits256.FromBFloat16(NarrowBits256.Load(bits)) : NarrowBits256.FromFloat16(NarrowBits256.Load(bits))));
        if (typeof(V) == typeof(F32x4))
            return Unsafe.BitCast<F32x4, V>(new(IsBFloat16<N>() ? NarrowBits128.FromBFloat16(NarrowBits128.Load(bits)) : NarrowBits128.FromFloat16(NarrowBits128.Load(bits))));
        if (typeof(V) == typeof(F32x1)) return Unsafe.BitCast<F32x1, V>(new(Widen(*source)));
        throw Unknown<V>();
    }

    /// <summary>Writes V.Count numbers, rounded; no alignment is needed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V, N>(V value, N* destination)
        where V : unmanaged
        where N : unmanaged
    {
        var bits = (ushort*)destination;
        if (typeof(V) == typeof(F32x16))
        {
            var x = Unsafe.BitCast<V, F32x16>(value).Value;
            NarrowBits512.Store(IsBFloat16<N>() ? NarrowBits512.ToBFloat16(x) : NarrowBits512.ToFloat16(x), bits);
        }
        else if (typeof(V) == typeof(F32x8))
        {
            var x = Unsafe.BitCast<V, F32x8>(value).Value;
            NarrowBits256.Store(IsBFloat16<N>() ? NarrowBits256.ToBFloat16(x) : NarrowBits256.ToFloat16(x), bits);
        }
        else if (typeof(V) == typeof(F32x4))
        {
            var x = Unsafe.BitCast<V, F32x4>(value).Value;
            NarrowBits128.Store(IsBFloat16<N>() ? NarrowBits128.ToBFloat16(x) : NarrowBits128.ToFloat16(x), bits);
        }
        else if (typeof(V) == typeof(F32x1))
        {
            *destination = Round<N>(Unsafe.BitCast<V, F32x1>(value).Value);
        }
        else
        {
            throw Unknown<V>();
        }
    }

    /// <summary>Every lane rounded to the nearest bfloat16 or float16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ToNearest<V, N>(V value)
        where V : unmanaged
        where N : unmanaged
    {
        if (typeof(V) == typeof(F32x16))
        {
            var x = Unsafe.BitCast<V, F32x16>(value).Value;
            return Unsafe.BitCast<F32x16, V>(new(IsBFloat16<N>() ? NarrowBits512.FromBFloat16(NarrowBits512.ToBFloat16(x)) : NarrowBits512.FromFloat16(NarrowBits512.ToFloat16(x))));
        }
        if (typeof(V) == typeof(F32x8))
        {
            var x = Unsafe.BitCast<V, F32x8>(value).Value;
            return Unsafe.BitCast<F32x8, V>(new(IsBFloat16<N>() ? NarrowBits256.FromBFloat16(NarrowBits256.ToBFloat16(x)) : NarrowBits256.FromFloat16(NarrowBits256.ToFloat16(x))));
        }
        if (typeof(V) == typeof(F32x4))
        {
            var x = Unsafe.BitCast<V, F32x4>(value).Value;
            return Unsafe.BitCast<F32x4, V>(new(IsBFloat16<N>() ? NarrowBits128.FromBFloat16(NarrowBits128.ToBFloat16(x)) : NarrowBits128.FromFloat16(NarrowBits128.ToFloat16(x))));
        }
        if (typeof(V) == typeof(F32x1)) return Unsafe.BitCast<F32x1, V>(new(Widen(Round<N>(Unsafe.BitCast<V, F32x1>(value).Value))));
        throw Unknown<V>();
    }

    /// <summary>Copies numbers to where they have 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Widen<V, T, N>(N* source, T* destination, nint count)
        where V : unmanaged, ISimd<V, T>
        where T : unmanaged
        where N : unmanaged
    {
        nint i = 0;
        for (; i <= count - V.Count; i += V.Count) Load<V, N>(source + i).Store(destination + i);
        for (; i < count; i++) ((float*)destination)[i] = Widen(source[i]);
    }

    /// <summary>Copies numbers to where they have 16 bits: weights, once for many calls.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Round<V, N>(float* source, N* destination, nint count)
        where V : unmanaged, ISimd<V, float>
        where N : unmanaged
    {
        nint i = 0;
        for (; i <= count - V.Count; i += V.Count) Store(V.Load(source + i), destination + i);
        for (; i < count; i++) destination[i] = Round<N>(source[i]);
    }

    /// <summary>The same numbers in 32 bits, for kernels that read no others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Round<V, N>(float* source, float* destination, nint count)
        where V : unmanaged, ISimd<V, float>
        where N : unmanaged
    {
        nint i = 0;
        for (; i <= count - V.Count; i += V.Count) ToNearest<V, N>(V.Load(source + i)).Store(destination + i);
        for (; i < count; i++) destination[i] = Widen(Round<N>(source[i]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IsBFloat16<N>() => typeof(N) == typeof(BFloat16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Widen<N>(N value) where N : unmanaged => IsBFloat16<N>() ? (float)Unsafe.BitCast<N, BFloat16>(value) : (float)Unsafe.BitCast<N, Half>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static N Round<N>(float value) where N : unmanaged => IsBFloat16<N>() ? Unsafe.BitCast<BFloat16, N>((BFloat16)value) : Unsafe.BitCast<Half, N>((Half)value);

    static NotSupportedException Unknown<V>() => new($"{typeof(V).Name} is no vector of float32, which alone is stored in 16 bits.");
}
