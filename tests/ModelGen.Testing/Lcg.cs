namespace ModelGen.Testing;

/// <summary>Knuth's MMIX linear congruential generator: the same numbers on every machine and version of .NET, which golden files need.</summary>
internal sealed class Lcg(ulong seed)
{
    ulong state = seed;

    /// <summary>A number in [low, high) from the upper 32 bits.</summary>
    public double Next(double low, double high)
    {
        state = unchecked((state * 6364136223846793005) + 1442695040888963407);
        return low + ((high - low) * ((state >> 32) / 4294967296.0));
    }

    /// <summary>A whole number in [0, bound).</summary>
    public int Next(int bound) => (int)Next(0, bound);
}
