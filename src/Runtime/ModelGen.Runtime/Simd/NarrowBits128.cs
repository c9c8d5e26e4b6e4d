using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelGen.Execution;

/// <summary>16-bit numbers in the lanes of a vector of 128 bits: each in the lower half of its lane.</summary>
static unsafe class NarrowBits128
{
    /// <summary>4 numbers from memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<uint> Load(ushort* source) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsUInt16());

    /// <summary>4 numbers to memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store(Vector128<uint> bits, ushort* destination)
    {
        *(ulong*)destination = Vector128.Narrow(bits, bits).AsUInt64().ToScalar();
    }

    /// <summary>The nearest bfloat16, ties to even; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<uint> ToBFloat16(Vector128<float> x)
    {
        var u = x.AsUInt32();
        var rounded = u + Vector128.Create(0x7fffu) + ((u >> 16) & Vector128<uint>.One);
        return Vector128.ConditionalSelect(Vector128.Equals(x, x).AsUInt32(), rounded, u | Vector128.Create(0x400000u)) >> 16;
    }

    /// <summary>The value of a bfloat16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> FromBFloat16(Vector128<uint> bits) => (bits << 16).AsSingle();

    /// <summary>The nearest float16, ties to even: subnormal where it must be, infinite above 65519, and NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<uint> ToFloat16(Vector128<float> x)
    {
        var u = x.AsUInt32();
        var magnitude = u & Vector128.Create(0x7fffffffu);
        // The exponent moved from a bias of 127 to one of 15, and half of the last place added: a little less for an even number.
        var normal = (magnitude + Vector128.Create(0xc8000fffu) + ((magnitude >> 13) & Vector128<uint>.One)) >> 13;
        // Beside 0.5 the last place is that of the subnormal numbers: the addition rounds.
        var half = Vector128.Create(0.5f);
        var subnormal = (magnitude.AsSingle() + half).AsUInt32() - half.AsUInt32();
        var special = Vector128.ConditionalSelect(Vector128.Equals(x, x).AsUInt32(), Vector128.Create(0x7c00u), Vector128.Create(0x7e00u));
        var finite = Vector128.ConditionalSelect(Vector128.LessThan(magnitude, Vector128.Create(113u << 23)), subnormal, normal);
        return Vector128.ConditionalSelect(Vector128.LessThan(magnitude, Vector128.Create(143u << 23)), finite, special) | ((u ^ magnitude) >> 16);
    }

    /// <summary>The value of a float16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> FromFloat16(Vector128<uint> bits)
    {
        var magnitude = bits & Vector128.Create(0x7fffu);
        // A product with 2^112 moves the bias, also of subnormal numbers; the largest exponent means infinity or NaN.
        var finite = ((magnitude << 13).AsSingle() * Vector128.Create(5192296858534827628530496329220096f)).AsUInt32();
        var value = Vector128.ConditionalSelect(Vector128.LessThan(magnitude, Vector128.Create(0x7c00u)), finite, finite | Vector128.Create(0x7f800000u));
        return (value | ((bits ^ magnitude) << 16)).AsSingle();
    }
}
