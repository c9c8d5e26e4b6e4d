using System.Text;

namespace ModelGen.Execution;

/// <summary>
/// The random numbers of one parameter's first values. Each parameter has its own stream, seeded by the model's seed and the
/// parameter's name, and each element its own place in the stream: the values depend neither on the order of parameters nor on how they are
/// stored. Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011); only integer and correctly
/// rounded floating-point operations, so every machine draws the same bits.
/// </summary>
internal readonly struct InitializerStream
{
    readonly uint key0, key1;

    public InitializerStream(ulong seed, string name)
    {
        // FNV-1a over the name's UTF-8 bytes, then mixed with the seed (the finalizer of SplitMix64).
        ulong hash = 14695981039346656037;
        foreach (byte b in Encoding.UTF8.GetBytes(name)) hash = unchecked((hash ^ b) * 1099511628211);
        ulong key = Mix(unchecked(Mix(seed) + hash));
        (key0, key1) = ((uint)key, (uint)(key >> 32));
    }

    /// <summary>Element <paramref name="index"/> in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double Uniform(long index) => Bits(index) * (1.0 / (1UL << 53));

    /// <summary>Element <paramref name="index"/> of a standard normal distribution, by the inverse of its distribution function.</summary>
    public double Normal(long index) => NormalQuantile.Of((Bits(index) + 0.5) * (1.0 / (1UL << 53)));

    /// <summary>Fills a tensor's logical elements.</summary>
    public void Fill(InitializerKind kind, double a, double b, Span<double> values)
    {
        switch (kind)
        {
            case InitializerKind.Constant:
                values.Fill(a);
                break;
            case InitializerKind.Uniform:
                for (int i = 0; i < values.Length; i++) values[i] = a + ((b - a) * Uniform(i));
                break;
            default:
                for (int i = 0; i < values.Length; i++) values[i] = a + (b * Normal(i));
                break;
        }
    }

    // 53 random bits; two elements share one block of 128 bits.
    ulong Bits(long index)
    {
        ulong block = (ulong)index >> 1;
        uint c0 = (uint)block, c1 = (uint)(block >> 32), c2 = 0, c3 = 0, k0 = key0, k1 = key1;
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = 0xD2511F53UL * c0, p1 = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 = unchecked(k0 + 0x9E3779B9);
            k1 = unchecked(k1 + 0xBB67AE85);
        }
        ulong bits = (index & 1) == 0 ? c0 | ((ulong)c1 << 32) : c2 | ((ulong)c3 << 32);
        return bits >> 11;
    }

    static ulong Mix(ulong x)
    {
        unchecked
        {
            x += 0x9E3779B97F4A7C15;
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            return x ^ (x >> 31);
        }
    }
}
