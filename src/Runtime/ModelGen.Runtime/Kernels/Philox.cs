using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelGen.Execution;

/// <summary>
/// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011):
/// number i is a function of the seed, the stream and i alone, so it does not matter which thread draws it, or when.
/// </summary>
/// <remarks>The key is the seed; the counter is the block of four numbers (low 64 bits) and the stream (high 64 bits).</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Philox
{
    const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    const uint Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;
    const int Rounds = 10;

    // 24 bits make a float in [0, 1) without rounding.
    const float Scale = 1f / (1 << 24);

    /// <summary>The four 32-bit numbers of one counter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint X0, uint X1, uint X2, uint X3) Block(ulong seed, ulong counterLow, ulong counterHigh)
    {
        uint x0 = (uint)counterLow, x1 = (uint)(counterLow >> 32), x2 = (uint)counterHigh, x3 = (uint)(counterHigh >> 32);
        uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            ulong p0 = (ulong)Multiplier0 * x0, p1 = (ulong)Multiplier1 * x2;
            (x0, x1, x2, x3) = ((uint)(p1 >> 32) ^ x1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ x3 ^ k1, (uint)p0);
            k0 += Weyl0;
            k1 += Weyl1;
        }
        return (x0, x1, x2, x3);
    }

    /// <summary>Number <paramref name="index"/> of a stream, uniform in [0, 1), with 24 random bits.</summary>
    public static float Uniform(ulong seed, ulong stream, ulong index)
    {
        (uint x0, uint x1, uint x2, uint x3) = Block(seed, index / 4, stream);
        uint bits = (index % 4) switch { 0 => x0, 1 => x1, 2 => x2, _ => x3 };
        return (bits >> 8) * Scale;
    }

    /// <summary>
    /// destination[i] = number offset + i of the stream. Every member of the team calls it and fills a part; no barrier at the end.
    /// </summary>
    public static void Fill(Team team, ulong seed, ulong stream, ulong offset, float* destination, nint count)
    {
        team.Range(count, 1024, out nint from, out nint to);
        FillPart(seed, stream, offset + (ulong)from, destination + from, to - from);
    }

    /// <summary>The same numbers for a model in double precision.</summary>
    public static void Fill(Team team, ulong seed, ulong stream, ulong offset, double* destination, nint count)
    {
        team.Range(count, 1024, out nint from, out nint to);
        for (nint i = from; i < to; i++)
            destination[i] = Uniform(seed, stream, offset + (ulong)i);
    }

    static void FillPart(ulong seed, ulong stream, ulong index, float* destination, nint count)
    {
        nint i = 0;
        for (; i < count && (index + (ulong)i) % 4 != 0; i++)
            destination[i] = Uniform(seed, stream, index + (ulong)i);
        if (Vector256.IsHardwareAccelerated)
            for (; i + 32 <= count; i += 32)
                FillEight(seed, stream, (index + (ulong)i) / 4, destination + i);
        for (; i + 4 <= count; i += 4)
        {
            (uint x0, uint x1, uint x2, uint x3) = Block(seed, (index + (ulong)i) / 4, stream);
            destination[i] = (x0 >> 8) * Scale;
            destination[i + 1] = (x1 >> 8) * Scale;
            destination[i + 2] = (x2 >> 8) * Scale;
            destination[i + 3] = (x3 >> 8) * Scale;
        }
        for (; i < count; i++)
            destination[i] = Uniform(seed, stream, index + (ulong)i);
    }

    /// <summary>Eight blocks at a time. A lane of 64 bits holds one word of one block, because products have 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void FillEight(ulong seed, ulong stream, ulong block, float* destination)
    {
        FourBlocks(seed, stream, block, destination);
        FourBlocks(seed, stream, block + 4, destination + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void FourBlocks(ulong seed, ulong stream, ulong block, float* destination)
    {
        Vector256<ulong> low = Vector256.Create(0xFFFFFFFFul);
        Vector256<ulong> counter = Vector256.Create(block) + Vector256<ulong>.Indices;
        Vector256<ulong> x0 = counter & low, x1 = counter >>> 32;
        Vector256<ulong> x2 = Vector256.Create(stream & 0xFFFFFFFF), x3 = Vector256.Create(stream >> 32);
        Vector256<ulong> m0 = Vector256.Create((ulong)Multiplier0), m1 = Vector256.Create((ulong)Multiplier1);
        uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            Vector256<ulong> p0 = Multiply(m0, x0), p1 = Multiply(m1, x2);
            x0 = (p1 >>> 32) ^ x1 ^ Vector256.Create((ulong)k0);
            x1 = p1 & low;
            x2 = (p0 >>> 32) ^ x3 ^ Vector256.Create((ulong)k1);
            x3 = p0 & low;
            k0 += Weyl0;
            k1 += Weyl1;
        }
        for (int i = 0; i < 4; i++)
        {
            Vector128<uint> words = Vector128.Create((uint)x0[i], (uint)x1[i], (uint)x2[i], (uint)x3[i]) >>> 8;
            (Vector128.ConvertToSingle(words.AsInt32()) * Scale).Store(destination + 4 * i);
        }
    }

    /// <summary>The product of numbers below 2^32 in lanes of 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<ulong> Multiply(Vector256<ulong> a, Vector256<ulong> b) =>
        System.Runtime.Intrinsics.X86.Avx2.IsSupported ? System.Runtime.Intrinsics.X86.Avx2.Multiply(a.AsUInt32(), b.AsUInt32()) : a * b;
}
