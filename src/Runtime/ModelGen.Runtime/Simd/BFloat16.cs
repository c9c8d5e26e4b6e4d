using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace ModelGen.Execution;

/// <summary>
/// The upper half of a float32: its sign, its 8 bits of exponent, and 7 bits of its mantissa. The same range, and two to three digits.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct BFloat16
{
    readonly ushort bits;

    BFloat16(ushort bits) => this.bits = bits;

    /// <summary>The nearest number, ties to even. What is too large becomes infinite, and NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static explicit operator BFloat16(float value)
    {
        uint u = BitConverter.SingleToUInt32Bits(value);
        // Rounding could carry a NaN into the sign, and cutting could make it infinite.
        return new((ushort)(((u & 0x7fffffff) > 0x7f800000 ? u | 0x400000 : u + 0x7fff + ((u >> 16) & 1)) >> 16));
    }

    /// <summary>The same number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static explicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.bits << 16);
}
