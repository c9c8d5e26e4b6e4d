using System.Runtime.CompilerServices;
using System.Text;

namespace ModelGen.Execution;

/// <summary>
/// The random numbers of one parameter's first values. Each parameter has its own stream, seeded by the model's seed and the
/// parameter's name, and each element its own place in the stream: the values depend neither on the order of parameters nor on how they are
/// stored. Only integer and correctly rounded floating-point operations, so every machine draws the same bits.
/// </summary>
internal readonly struct InitializerStream
{
    readonly ulong key;

    public InitializerStream(ulong seed, string name)
    {
        // FNV-1a over the name's UTF-8 bytes, then mixed with the seed.
        ulong hash = 14695981039346656037;
        foreach (byte b in Encoding.UTF8.GetBytes(name)) hash = unchecked((hash ^ b) * 1099511628211);
        key = Mix(unchecked(Mix(seed) + hash));
    }

    /// <summary>Element <paramref name="index"/> in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double Uniform(long index) => UniformOf(Bits(index));

    /// <summary>Element <paramref name="index"/> of a standard normal distribution, by the inverse of its distribution function.</summary>
    public double Normal(long index) => NormalOf(Bits(index));

    /// <summary>Fills a tensor's logical elements.</summary>
    public void Fill(InitializerKind kind, double a, double b, Span<double> values)
    {
        switch (kind)
        {
            case InitializerKind.Constant:
                values.Fill(a);
                break;
            case InitializerKind.Uniform:
                FillUniform(a, b, values);
                break;
            default:
                FillNormal(a, b, values);
                break;
        }
    }

    // A model does this once, when it begins: what it needs is compiled in full at once, or all of it would run in code that is not optimized yet.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void FillUniform(double low, double high, Span<double> values)
    {
        for (int i = 0; i < values.Length; i += 2)
        {
            Pair(i, out ulong even, out ulong odd);
            values[i] = low + ((high - low) * UniformOf(even));
            if (i + 1 < values.Length) values[i + 1] = low + ((high - low) * UniformOf(odd));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void FillNormal(double mean, double deviation, Span<double> values)
    {
        for (int i = 0; i < values.Length; i += 2)
        {
            Pair(i, out ulong even, out ulong odd);
            values[i] = mean + (deviation * NormalOf(even));
            if (i + 1 < values.Length) values[i + 1] = mean + (deviation * NormalOf(odd));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static double UniformOf(ulong bits) => bits * (1.0 / (1UL << 53));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static double NormalOf(ulong bits) => NormalQuantile.Of((bits + 0.5) * (1.0 / (1UL << 53)));

    ulong Bits(long index)
    {
        Pair(index, out ulong even, out ulong odd);
        return (index & 1) == 0 ? even : odd;
    }

    // 53 random bits each; two elements share one block of 128 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Pair(long index, out ulong even, out ulong odd)
    {
        var (x0, x1, x2, x3) = Philox.Block(key, (ulong)index >> 1, 0);
        even = (x0 | ((ulong)x1 << 32)) >> 11;
        odd = (x2 | ((ulong)x3 << 32)) >> 11;
    }

    // The finalizer of SplitMix64: neighbouring seeds and similar names give unrelated keys.
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
