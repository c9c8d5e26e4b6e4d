using ModelGen.Compiler.Ir;

namespace ModelGen.Execution.Tests;

/// <summary>Numbers of 16 bits: every one of them widens to what it is, and every float rounds to the nearest, in all widths.</summary>
public sealed unsafe class NarrowTests
{
    [Fact]
    public void All_numbers_widen_exactly()
    {
        Widens<F32x16>();
        Widens<F32x8>();
        Widens<F32x4>();
        Widens<F32x1>();
    }

    static void Widens<V>() where V : unmanaged, ISimd<V, float>
    {
        var bits = new ushort[1 << 16];
        for (int i = 0; i < bits.Length; i++) bits[i] = (ushort)i;
        var wide = new float[bits.Length];
        fixed (ushort* source = bits)
        fixed (float* destination = wide)
        {
            for (int i = 0; i < bits.Length; i += V.Count) Narrow.Load<V, Half>((Half*)source + i).Store(destination + i);
            for (int i = 0; i < bits.Length; i++) Same((float)BitConverter.UInt16BitsToHalf(bits[i]), wide[i], $"half {bits[i]:x4}");
            for (int i = 0; i < bits.Length; i += V.Count) Narrow.Load<V, BFloat16>((BFloat16*)source + i).Store(destination + i);
            for (int i = 0; i < bits.Length; i++) Same(BitConverter.UInt32BitsToSingle((uint)bits[i] << 16), wide[i], $"bfloat16 {bits[i]:x4}");
        }
    }

    [Fact]
    public void Floats_round_to_the_nearest()
    {
        var values = Floats();
        Rounds<F32x16>(values);
        Rounds<F32x8>(values);
        Rounds<F32x4>(values);
        Rounds<F32x1>(values);
    }

    static void Rounds<V>(float[] values) where V : unmanaged, ISimd<V, float>
    {
        var halves = new Half[values.Length];
        var bfloats = new BFloat16[values.Length];
        var rounded = new float[values.Length];
        fixed (float* source = values, result = rounded)
        fixed (Half* half = halves)
        fixed (BFloat16* bfloat = bfloats)
        {
            for (int i = 0; i < values.Length; i += V.Count)
            {
                Narrow.Store(V.Load(source + i), half + i);
                Narrow.Store(V.Load(source + i), bfloat + i);
                Narrow.ToNearest<V, Half>(V.Load(source + i)).Store(result + i);
            }
            for (int i = 0; i < values.Length; i++)
            {
                Same((float)(Half)values[i], (float)halves[i], $"half of {values[i]:R}");
                Same((float)(Half)values[i], rounded[i], $"{values[i]:R} rounded to half");
                Same(NearestBFloat16(values[i]), (float)bfloats[i], $"bfloat16 of {values[i]:R}");
            }
            for (int i = 0; i < values.Length; i += V.Count) Narrow.ToNearest<V, BFloat16>(V.Load(source + i)).Store(result + i);
            for (int i = 0; i < values.Length; i++) Same(NearestBFloat16(values[i]), rounded[i], $"{values[i]:R} rounded to bfloat16");
        }
    }

    /// <summary>The compiler's definition, which reference and eager runs use, is the same function.</summary>
    [Fact]
    public void The_definition_agrees()
    {
        foreach (float x in Floats())
        {
            Same((float)(Half)x, (float)NarrowFormat.Round(x, DType.Float16), $"float16 of {x:R}");
            Same(NearestBFloat16(x), (float)NarrowFormat.Round(x, DType.BFloat16), $"bfloat16 of {x:R}");
        }
    }

    // Plain: of the two neighbours the nearer one, and of two that are equally near the even one.
    static float NearestBFloat16(float x)
    {
        if (!float.IsFinite(x)) return x;
        uint below = BitConverter.SingleToUInt32Bits(x) & 0xffff0000;
        double low = BitConverter.UInt32BitsToSingle(below), high = Value(below + 0x10000), toLow = Math.Abs(x - low), toHigh = Math.Abs(high - x);
        bool isLow = toLow < toHigh || (toLow == toHigh && (below & 0x10000) == 0);
        return isLow ? (float)low : BitConverter.UInt32BitsToSingle(below + 0x10000);

        // The step behind the largest number: infinity, if it had a place.
        static double Value(uint bits) => float.IsFinite(BitConverter.UInt32BitsToSingle(bits)) ? BitConverter.UInt32BitsToSingle(bits) : Math.CopySign(Math.ScaleB(1, 128), BitConverter.UInt32BitsToSingle(bits));
    }

    // All middles between halves and bfloat16s with their neighbours, edges, and random bits.
    static float[] Floats()
    {
        var values = new List<float> { 0, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, float.MaxValue, float.MinValue, 65504, 65519.996f, 65520, 65536, 5.9604645e-8f, 2.9802322e-8f, 2.9802326e-8f, BitConverter.UInt32BitsToSingle(0x7f800001), BitConverter.UInt32BitsToSingle(0xffffffff) };
        for (int bits = 0; bits < 0x7c00; bits++)
        {
            float middle = ((float)BitConverter.UInt16BitsToHalf((ushort)bits) + (float)BitConverter.UInt16BitsToHalf((ushort)(bits + 1))) / 2;
            if (!float.IsFinite(middle)) middle = 65520;
            values.AddRange([middle, MathF.BitIncrement(middle), -MathF.BitDecrement(middle)]);
        }
        for (uint bits = 0x8000; bits < 0xffff0000; bits += 0x170000) values.AddRange([BitConverter.UInt32BitsToSingle(bits), BitConverter.UInt32BitsToSingle(bits + 1), BitConverter.UInt32BitsToSingle(bits - 1)]);
        var random = new Random(7);
        for (int i = 0; i < 200_000; i++) values.Add(BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)));
        while (values.Count % 16 != 0) values.Add(1);
        return [.. values];
    }

    static void Same(float expected, float actual, string what) => Assert.True(
        float.IsNaN(expected) ? float.IsNaN(actual) : BitConverter.SingleToUInt32Bits(expected) == BitConverter.SingleToUInt32Bits(actual), $"{what}: expected {expected:R}, got {actual:R}");
}
