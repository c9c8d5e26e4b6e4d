namespace ModelGen.Compiler.Ir;

/// <summary>The meaning of the formats of 16 bits, in double precision.</summary>
internal static class NarrowFormat
{
    /// <summary>The number of the format that is nearest to x, ties to the even one; infinite where x is beyond half a step above the largest.</summary>
    public static double Round(double x, DType format)
    {
        // Significant bits, the exponent of the smallest normal number, and that of the largest.
        var (bits, smallest, largest) = format switch
        {
            DType.BFloat16 => (8, -126, 127),
            DType.Float16 => (11, -14, 15),
            _ => throw new ArgumentException($"{format} is not a format of 16 bits.", nameof(format)),
        };
        if (x == 0 || double.IsNaN(x) || double.IsInfinity(x)) return x;
        int exponent = (int)((BitConverter.DoubleToInt64Bits(x) >> 52) & 0x7ff) - 1023;
        double step = PowerOfTwo(Math.Max(exponent, smallest) - (bits - 1));
        double rounded = Math.Round(x / step, MidpointRounding.ToEven) * step;
        return Math.Abs(rounded) < PowerOfTwo(largest) * 2 ? rounded : x > 0 ? double.PositiveInfinity : double.NegativeInfinity;
    }

    static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);
}
