namespace ModelGen.Compiler.Ir;

/// <summary>
/// Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011): any element of any
/// stream at any step without the ones before it, so the result does not depend on how work is split. Plain; the kernels have a fast one.
/// </summary>
internal static class Philox
{
    /// <summary>
    /// The number in [0, 1), a multiple of 2⁻²⁴, of one element of a stream: lane i mod 4 of the block with counter (i / 4, step) under the
    /// key (seed XOR stream), all low word first.
    /// </summary>
    /// <param name="seed">The model's seed.</param>
    /// <param name="step">The training step.</param>
    /// <param name="stream">The stream, see <see cref="Stream"/>.</param>
    /// <param name="element">The element's row-major position.</param>
    public static double Uniform(ulong seed, ulong step, ulong stream, long element)
    {
        ulong block = (ulong)element / 4, key = seed ^ stream;
        var words = Block([(uint)block, (uint)(block >> 32), (uint)step, (uint)(step >> 32)], (uint)key, (uint)(key >> 32));
        return (words[element % 4] >> 8) * (1.0 / (1 << 24));
    }

    /// <summary>The stream of a name: its 64-bit FNV-1a hash over UTF-8.</summary>
    public static ulong Stream(string name)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in System.Text.Encoding.UTF8.GetBytes(name)) hash = unchecked((hash ^ b) * 1099511628211);
        return hash;
    }

    /// <summary>Ten rounds on one counter of four words.</summary>
    public static uint[] Block(uint[] counter, uint key0, uint key1)
    {
        uint[] c = [.. counter];
        for (int round = 0; round < 10; round++)
        {
            ulong a = 0xD2511F53UL * c[0], b = 0xCD9E8D57UL * c[2];
            c = [(uint)(b >> 32) ^ c[1] ^ key0, (uint)b, (uint)(a >> 32) ^ c[3] ^ key1, (uint)a];
            // The Weyl sequence of the key: the golden ratio and √3 - 1.
            key0 = unchecked(key0 + 0x9E3779B9);
            key1 = unchecked(key1 + 0xBB67AE85);
        }
        return c;
    }
}
