using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelGen.Execution;

/// <summary>16-bit numbers in the lanes of a vector of 512 bits: each in the lower half of its lane.</summary>
static unsafe class NarrowBits512
{
    /// <summary>16 numbers from memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<uint> Load(ushort* source) =>
        Avx512F.IsSupported ? Avx512F.ConvertToVector512UInt32(Vector256.Load(source))
            : Vector512.Create(NarrowBits256.Load(source), NarrowBits256.Load(source + 8));

    /// <summary>16 numbers to memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store(Vector512<uint> bits, ushort* destination)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector256UInt16(bits).Store(destination);
            return;
        }
        NarrowBits256.Store(bits.GetLower(), destination);
        NarrowBits256.Store(bits.GetUpper(), destination + 8);
    }

    /// <summary>The nearest bfloat16, ties to even; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<uint> ToBFloat16(Vector512<float> x)
    {
        var u = x.AsUInt32();
        var rounded = u + Vector512.Create(0x7fffu) + ((u >> 16) & Vector512<uint>.One);
        return Vector512.ConditionalSelect(Vector512.Equals(x, x).AsUInt32(), rounded, u | Vector512.Create(0x400000u)) >> 16;
    }

    /// <summary>The value of a bfloat16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> FromBFloat16(Vector512<uint> bits) => (bits << 16).AsSingle();

    /// <summary>The nearest float16, ties to even: subnormal where it must be, infinite above 65519, and NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<uint> ToFloat16(Vector512<float> x)
    {
        var u = x.AsUInt32();
        var magnitude = u & Vector512.Create(0x7fffffffu);
        // The exponent moved from a bias of 127 to one of 15, and half of the last place added: a little less for an even number.
        var normal = (magnitude + Vector512.Create(0xc8000fffu) + ((magnitude >> 13) & Vector512<uint>.One)) >> 13;
        // Beside 0.5 the last place is that of the subnormal numbers: the addition rounds.
        var half = Vector512.Create(0.5f);
        var subnormal = (magnitude.AsSingle() + half).AsUInt32() - half.AsUInt32();
        var special = Vector512.ConditionalSelect(Vector512.Equals(x, x).AsUInt32(), Vector512.Create(0x7c00u), Vector512.Create(0x7e00u));
        var finite = Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(113u << 23)), subnormal, normal);
        return Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(143u << 23)), finite, special) | ((u ^ magnitude) >> 16);
    }

    /// <summary>The value of a float16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> FromFloat16(Vector512<uint> bits)
    {
        var magnitude = bits & Vector512.Create(0x7fffu);
        // A product with 2^112 moves the bias, also of subnormal numbers; the largest exponent means infinity or NaN.
        var finite = ((magnitude << 13).AsSingle() * Vector512.Create(5192296858534827628530496329220096f)).AsUInt32();
        var value = Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(0x7c00u)), finite, finite | Vector512.Create(0x7f800000u));
        return (value | ((bits ^ magnitude) << 16)).AsSingle();
    }
}
