using System.ComponentModel;
using System.Globalization;
using System.Runtime.Intrinsics;

namespace ModelGen.Execution;

/// <summary>The widths that kernels exist in; the value is the number of bits.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum SimdWidth
{
    /// <summary>No vectors: one element at a time.</summary>
    Scalar = 1,

    /// <summary>SSE2, AdvSimd.</summary>
    Bits128 = 128,

    /// <summary>AVX2.</summary>
    Bits256 = 256,

    /// <summary>AVX-512.</summary>
    Bits512 = 512,
}

/// <summary>Which width this process runs its kernels in.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Simd
{
    /// <summary>The environment variable that overrides the choice: 512, 256, 128 or 1.</summary>
    public const string WidthVariable = "MODELGEN_SIMD_WIDTH";

    static SimdWidth width = Choose(Environment.GetEnvironmentVariable(WidthVariable));

    /// <summary>
    /// The widest vectors that the hardware executes at full speed, unless the environment variable
    /// MODELGEN_SIMD_WIDTH asked for another width. A width that the hardware lacks is emulated: right, but slow.
    /// </summary>
    public static SimdWidth Width
    {
        get => width;
        internal set => width = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The SIMD width must be 512, 256, 128 or 1.");
    }

    internal static SimdWidth Choose(string? wanted)
    {
        if (string.IsNullOrEmpty(wanted))
            return Vector512.IsHardwareAccelerated ? SimdWidth.Bits512
                : Vector256.IsHardwareAccelerated ? SimdWidth.Bits256
                : Vector128.IsHardwareAccelerated ? SimdWidth.Bits128
                : SimdWidth.Scalar;
        if (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out int bits) && Enum.IsDefined((SimdWidth)bits))
            return (SimdWidth)bits;
        throw new InvalidOperationException(
            $"The environment variable {WidthVariable} is '{wanted}'; expected 512, 256, 128 or 1 (bits of a vector), or no value.");
    }
}
