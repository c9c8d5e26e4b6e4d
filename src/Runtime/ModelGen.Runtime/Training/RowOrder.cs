namespace ModelGen.Execution;

/// <summary>Random orders of rows, the same on every machine.</summary>
internal static class RowOrder
{
    /// <summary>Fisher-Yates over the numbers of one Philox stream.</summary>
    /// <param name="rows">What to put in random order.</param>
    /// <param name="seed">The key.</param>
    /// <param name="stream">Another stream, another order: the epoch.</param>
    public static void Shuffle(Span<int> rows, ulong seed, ulong stream)
    {
        for (int i = rows.Length - 1; i > 0; i--)
        {
            var (x0, x1, _, _) = Philox.Block(seed, (ulong)i, stream);
            // The high half of a product of 64 bits: an index in [0, i], with a bias below 2⁻³².
            int j = (int)Math.BigMul(x0 | ((ulong)x1 << 32), (ulong)i + 1, out _);
            (rows[i], rows[j]) = (rows[j], rows[i]);
        }
    }
}
